/// Converts the values of header lines to text and back without a change of any byte.
///
/// A value may contain any byte from 0x80 (obs-text, RFC 9110 §5.5). Valid UTF-8 is read as UTF-8. Any other byte is
/// read as the private-use character U+10FE00 + byte. If the value itself contains such a character, each byte of that
/// character is read this way.
package enum HeaderValue {
    private static let escapes: ClosedRange<UInt32> = 0x10_fe80...0x10_feff

    package static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !hasEscapes(text) { return text }
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        while let first = rest.first {
            var parser = UTF8.ForwardParser()
            var iterator = rest.makeIterator()
            if case .valid(let character) = parser.parseScalar(from: &iterator),
                !escapes.contains(UTF8.decode(character).value)
            {
                text.append(UTF8.decode(character))
                rest = rest.dropFirst(character.count)
            } else {
                // The byte is at least 0x80, because an ASCII byte is always a valid character.
                text.append(Unicode.Scalar(escapes.lowerBound + UInt32(first & 0x7f)) ?? "\u{fffd}")
                rest = rest.dropFirst()
            }
        }
        return String(text)
    }

    package static func bytes(_ text: String) -> [UInt8] {
        guard hasEscapes(text) else { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            escapes.contains(scalar.value) ? [UInt8(truncatingIfNeeded: scalar.value)] : Array(String(scalar).utf8)
        }
    }

    /// True if the text contains characters that represent single bytes.
    package static func hasEscapes(_ text: String) -> Bool {
        text.unicodeScalars.contains { escapes.contains($0.value) }
    }
}
