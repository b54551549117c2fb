internal import Deliveries

/// Parses durations, sizes and counts as people write them.
package enum Quantity {
    /// Parses `500ms`, `90s`, `5m`, `24h` or `7d`. A unit is required. The maximum is 100 years.
    package static func duration(_ text: String) -> Duration? {
        let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        guard let (number, unit) = split(text, units), number <= 100 * 366 * 86_400_000 / unit else { return nil }
        return .milliseconds(number * unit)
    }

    /// Parses `1048576`, `64KiB`, `32MiB` or `1GiB`. `KB`, `MB` and `GB` have the same meaning. The maximum is 1 TiB.
    package static func byteCount(_ text: String) -> Int? {
        let units: [(String, Int64)] = [
            ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30),
            ("", 1),
        ]
        guard let (number, unit) = split(text, units), number <= (1 << 40) / unit else { return nil }
        return Int(number * unit)
    }

    /// The duration as text, in the largest unit that results in a whole number of at least 2, otherwise in `ms`.
    static func text(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        let units: [(String, Int64)] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        let unit = units.first { milliseconds >= 2 * $0.1 && milliseconds % $0.1 == 0 } ?? ("ms", 1)
        return "\(milliseconds / unit.1)\(unit.0)"
    }

    static func text(byteCount: Int) -> String {
        let units: [(String, Int)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        let unit = units.first { byteCount >= $0.1 && byteCount % $0.1 == 0 } ?? ("", 1)
        return "\(byteCount / unit.1)\(unit.0)"
    }

    /// Parses decimal digits.
    static func count(_ text: String) -> Int? {
        DecimalText.nonNegative(text.utf8).flatMap { Int(exactly: $0) }
    }

    private static func split(_ text: String, _ units: [(String, Int64)]) -> (number: Int64, unit: Int64)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let rest = text.dropFirst(digits.count).drop { $0 == " " }
        guard digits.count <= 15, let number = Int64(digits), let unit = units.first(where: { $0.0 == rest }) else {
            return nil
        }
        return (number, unit.1)
    }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero. Cannot overflow, because `Quantity` rejects durations above 100 years.
    package var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
