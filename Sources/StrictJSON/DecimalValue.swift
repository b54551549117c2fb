/// A JSON number (RFC 8259 §6) that is compared by value without rounding. `10`, `10.0` and `1e1` are equal; different
/// identifiers of twenty digits are different.
package struct DecimalValue: Sendable, Hashable, Comparable {
    /// True if the number is negative; false for zero.
    private let isNegative: Bool
    /// The digits from the first to the last nonzero digit; empty for zero.
    private let digits: [UInt8]
    /// The power of ten of the first digit.
    private let magnitude: Int

    /// The maximum number of digits in an exponent. A number with a longer exponent is rejected.
    private static let exponentDigitLimit = 6

    /// Nil for any other text, such as `+1`, `.5` and `0x10`.
    package init?(_ text: some StringProtocol) {
        var rest = Substring(text).utf8[...]
        let hasMinus = rest.first == UInt8(ascii: "-")
        if hasMinus { rest = rest.dropFirst() }
        let whole = rest.prefix(while: Self.isDigit)
        guard let first = whole.first, first != UInt8(ascii: "0") || whole.count == 1 else { return nil }
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: Self.isDigit)
            guard !fraction.isEmpty else { return nil }
            rest = rest.dropFirst(1 + fraction.count)
        }
        var exponent = 0
        if let sign = rest.first {
            guard sign | 0x20 == UInt8(ascii: "e"), let power = Self.exponent(rest.dropFirst()) else { return nil }
            exponent = power
        }
        let all = Array(whole) + Array(fraction)
        let zeros = all.prefix { $0 == UInt8(ascii: "0") }.count
        var significant = Array(all.dropFirst(zeros))
        while significant.last == UInt8(ascii: "0") { significant.removeLast() }
        digits = significant
        isNegative = hasMinus && !significant.isEmpty
        magnitude = significant.isEmpty ? 0 : whole.count - 1 - zeros + exponent
    }

    package static func < (one: DecimalValue, other: DecimalValue) -> Bool {
        guard one.isNegative == other.isNegative else { return one.isNegative }
        let (small, large) = one.isNegative ? (other, one) : (one, other)
        guard !small.digits.isEmpty, !large.digits.isEmpty, small.magnitude != large.magnitude else {
            return small.digits.lexicographicallyPrecedes(large.digits)
        }
        return small.magnitude < large.magnitude
    }

    private static func exponent(_ text: Substring.UTF8View.SubSequence) -> Int? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
        guard (1...exponentDigitLimit).contains(digits.count), digits.allSatisfy(isDigit) else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return isNegative ? -value : value
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
