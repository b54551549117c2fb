/// Parses decimal numbers from untrusted bytes.
package enum DecimalText {
    /// The value of 1 to 18 ASCII digits; nil for other strings. The limit of 18 digits prevents overflow.
    package static func nonNegative(_ text: some Collection<UInt8>) -> Int64? {
        guard (1...18).contains(text.count) else { return nil }
        var value: Int64 = 0
        for byte in text {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
