internal import Foundation

/// Parses sizes and times as people write them.
enum Quantity {
    static let byteCountLimit = 1 << 30

    /// Parses `8MB`, `512KB` or `100` (bytes). A KB has 1,024 bytes. Nil for any other text, and above 1 GB.
    static func byteCount(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["": 1, "B": 1, "K": 1024, "KB": 1024, "M": 1 << 20, "MB": 1 << 20, "G": 1 << 30, "GB": 1 << 30]
        guard let number = Int(digits), let unit = units[text.dropFirst(digits.count).uppercased()] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        return overflow || product > byteCountLimit ? nil : product
    }

    /// Parses `250ms`, `2s`, `10m`, `3h` or `1d`. Nil for any other text, and above ten years.
    static func seconds(_ text: String) -> TimeInterval? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let number = Double(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
        return number * unit <= 315_360_000 ? number * unit : nil
    }
}
