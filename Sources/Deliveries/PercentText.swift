/// Percent-encoded text (RFC 3986 §2.1).
package enum PercentText {
    /// Decodes `%41` and, as in forms, `+`. Keeps a `%` that is not followed by two hexadecimal digits. Bytes that are
    /// not UTF-8 become U+FFFD.
    package static func decodeForm(_ text: some Collection<UInt8>) -> String {
        decode(text, plus: UInt8(ascii: " "))
    }

    /// Decodes `%41` but keeps `+`.
    package static func decode(_ text: some Collection<UInt8>) -> String {
        decode(text, plus: UInt8(ascii: "+"))
    }

    private static func decode(_ text: some Collection<UInt8>, plus: UInt8) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var index = text.startIndex
        while index != text.endIndex {
            let byte = text[index]
            let first = text.index(after: index)
            if byte == UInt8(ascii: "%"), let escaped = escapedByte(in: text, at: first) {
                bytes.append(escaped)
                index = text.index(first, offsetBy: 2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? plus : byte)
                index = first
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escapedByte<Text: Collection<UInt8>>(in text: Text, at first: Text.Index) -> UInt8? {
        guard first != text.endIndex, let high = Hex.nibble(text[first]) else { return nil }
        let second = text.index(after: first)
        guard second != text.endIndex, let low = Hex.nibble(text[second]) else { return nil }
        return high << 4 | low
    }
}
