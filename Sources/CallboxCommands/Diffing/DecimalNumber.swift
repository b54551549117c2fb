internal import Deliveries

/// A JSON number as what it means: `10`, `10.0` and `1e1` are one. Exact, for it is made of digits and not of binary fractions.
struct DecimalNumber: Equatable {
    private let isNegative: Bool
    /// Without zeros at either end; empty for zero.
    private let digits: [UInt8]
    /// Of ten, for the last digit.
    private let exponent: Int64

    /// Nil for what is no number, and for one with an exponent of more than 18 digits.
    init?(_ text: ArraySlice<UInt8>) {
        var rest = text
        let hasSign = rest.first == UInt8(ascii: "-")
        if hasSign { rest = rest.dropFirst() }
        let mark = rest.firstIndex { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
        var power: Int64 = 0
        if let mark {
            guard let written = Self.signed(rest[rest.index(after: mark)...]) else { return nil }
            power = written
            rest = rest[..<mark]
        }
        let parts = rest.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : []
        guard let whole = parts.first, !whole.isEmpty,
            (whole + fraction).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        var digits = Array((whole + fraction).drop { $0 == UInt8(ascii: "0") })
        var zeroCount: Int64 = 0
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            zeroCount += 1
        }
        self.digits = digits
        isNegative = hasSign && !digits.isEmpty
        // The counts are those of bytes in memory and the power has 18 digits: no sum of them overflows.
        exponent = digits.isEmpty ? 0 : power - Int64(fraction.count) + zeroCount
    }

    private static func signed(_ text: ArraySlice<UInt8>) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative || text.first == UInt8(ascii: "+") ? text.dropFirst() : text
        return DecimalText.nonNegative(digits).map { isNegative ? -$0 : $0 }
    }
}
