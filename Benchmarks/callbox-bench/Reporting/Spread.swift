import Foundation

/// The results of repeated measurements.
struct Spread {
    private let sorted: [Double]

    init(_ values: [Double]) {
        sorted = values.filter(\.isFinite).sorted()
    }

    /// The median. For an even count, the median is the mean of the two middle values.
    ///
    /// NaN if the spread contains no measurement. Every comparison with NaN is false.
    var median: Double {
        guard !sorted.isEmpty else { return .nan }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
    var least: Double { sorted.first ?? .nan }
    var most: Double { sorted.last ?? .nan }

    /// Returns the median and the range, such as `10150 (9654 to 10320)`. Returns only the value if the spread contains
    /// a single value.
    func text(_ decimals: Int = 0) -> String {
        guard sorted.count > 1 else { return Figure.text(median, decimals) }
        return "\(Figure.text(median, decimals)) (\(Figure.text(least, decimals)) to \(Figure.text(most, decimals)))"
    }
}

enum Figure {
    static func text(_ value: Double, _ decimals: Int = 0) -> String {
        value.isFinite ? String(format: "%.\(decimals)f", value) : "-"
    }
}
