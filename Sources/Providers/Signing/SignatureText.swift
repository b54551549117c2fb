internal import Deliveries

/// Reads signatures from header values. Works on bytes, because `Character` is a hundred times slower.
enum SignatureText {
    /// Decodes a signature from the encoding of a scheme. The algorithm and `=` may precede the text, as in `sha256=…`.
    /// Nil unless the signature has exactly the length of the hash.
    static func decode(_ text: Substring.UTF8View, _ scheme: HMACScheme) -> [UInt8]? {
        let text = withoutPrefix(text, "\(scheme.algorithm.rawValue)=")
        let byteCount = scheme.algorithm.byteCount
        if scheme.encoding != .base64, text.count == 2 * byteCount { return Hex.decode(text) }
        guard scheme.encoding != .hex, text.count <= 2 * byteCount, let bytes = Base64Text.decode(text),
            bytes.count == byteCount
        else { return nil }
        return bytes
    }

    static func withoutPrefix(_ text: Substring.UTF8View, _ prefix: String) -> Substring.UTF8View {
        text.starts(with: prefix.utf8) ? text.dropFirst(prefix.utf8.count) : text
    }
}

extension Substring.UTF8View {
    /// The text without surrounding spaces and tabs (OWS, RFC 9110 §5.6.3).
    var trimmingOptionalWhitespace: Substring.UTF8View {
        let isWhitespace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard let start = firstIndex(where: { !isWhitespace($0) }),
            let last = lastIndex(where: { !isWhitespace($0) })
        else { return prefix(0) }
        return self[start...last]
    }
}
