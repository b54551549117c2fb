package import Deliveries

/// Formats numbers, sizes and durations for people.
package enum HumanText {
    /// A size in powers of 1024: `512 B`, `13.4 KB`, `8.0 MB`.
    package static func byteCount(_ count: Int64) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count)
        var unit = ""
        for next in ["KB", "MB", "GB", "TB"] where (value * 10).rounded() >= 10_240 {
            value /= 1024
            unit = next
        }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }

    /// An age: `just now`, `45 s ago`, `3 min ago`, `5 h ago`, `12 d ago` or `3 y ago`. A time in the future is `in 5
    /// h`.
    package static func ago(_ time: Timestamp, now: Timestamp) -> String {
        let (past, overflow) = now.millisecondsSinceEpoch.subtractingReportingOverflow(time.millisecondsSinceEpoch)
        guard !overflow, past.magnitude >= 2000 else { return overflow ? "-" : "just now" }
        return past < 0 ? "in \(span(milliseconds: past))" : "\(span(milliseconds: past)) ago"
    }

    /// A list: `a, b and c`.
    package static func list(_ words: [String], _ conjunction: String) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }

    /// A count with its noun: `1 report`, `2 reports`.
    package static func count(_ count: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }

    /// A number with thousands separators: `812,004`.
    package static func grouped(_ count: some BinaryInteger) -> String {
        var text = ""
        for (index, digit) in "\(count.magnitude)".reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (count < 0 ? "-" : "") + String(text.reversed())
    }

    /// A duration in its largest unit, rounded down and without a sign: `850 ms`, `4 s`, `3 min`, `5 h`, `2 d` or `3
    /// y`.
    package static func span(milliseconds: Int64) -> String {
        let length = milliseconds.magnitude
        return switch length {
        case ..<1000: "\(length) ms"
        case ..<60_000: "\(length / 1000) s"
        case ..<3_600_000: "\(length / 60_000) min"
        case ..<172_800_000: "\(length / 3_600_000) h"
        case ..<63_072_000_000: "\(length / 86_400_000) d"
        default: "\(length / 31_536_000_000) y"
        }
    }

    /// A duration in milliseconds with one decimal: `3.2 ms`.
    package static func milliseconds(microseconds: Int64) -> String {
        "\(microseconds / 1000).\(microseconds % 1000 / 100) ms"
    }

    /// A rate with one decimal below 10 and without decimals otherwise: `0.5`, `12`, `33333`.
    package static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0 else { return "-" }
        let tenths = (value * 10).rounded()
        guard let whole = Int64(exactly: tenths) else { return "-" }
        if value < 10, whole % 10 != 0 || whole == 0 && value > 0 {
            return whole == 0 ? "<0.1" : "\(whole / 10).\(whole % 10)"
        }
        return Int64(exactly: value.rounded()).map { "\($0)" } ?? "-"
    }

    /// A percentage: `47 %`, or `-` if the whole is zero.
    package static func percent(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0 else { return "-" }
        // Uses floating point, because integer arithmetic could overflow with damaged counts.
        let value = Double(part) / Double(whole) * 100
        if value > 0, value < 1 { return "<1 %" }
        return Int64(exactly: value.rounded(.down)).map { "\($0) %" } ?? "-"
    }
}
