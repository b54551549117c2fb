internal import Deliveries

/// Signatures as headers carry them.
enum SignatureText {
    /// The bytes of a text in a scheme's encoding, with or without the algorithm and `=` before it, as in
    /// `sha256=…`; nil for anything that has not exactly the hash's length, however long it is.
    static func decode(_ text: Substring, _ scheme: HMACScheme) -> [UInt8]? {
        let text = withoutPrefix(text, "\(scheme.algorithm.rawValue)=")
        let byteCount = scheme.algorithm.byteCount
        if scheme.encoding != .base64, text.utf8.count == 2 * byteCount { return Hex.decode(text.utf8) }
        guard scheme.encoding != .hex, text.utf8.count <= 2 * byteCount, let bytes = Base64Text.decode(text.utf8),
            bytes.count == byteCount
        else { return nil }
        return bytes
    }

    static func withoutPrefix(_ text: Substring, _ prefix: String) -> Substring {
        text.utf8.starts(with: prefix.utf8) ? Substring(text.utf8.dropFirst(prefix.utf8.count)) : text
    }
}

extension Substring {
    /// Without the spaces and tabs around it (OWS, RFC 9110 §5.6.3).
    var trimmingOptionalWhitespace: Substring {
        let isWhitespace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard let start = utf8.firstIndex(where: { !isWhitespace($0) }),
            let last = utf8.lastIndex(where: { !isWhitespace($0) })
        else { return "" }
        return self[start...last]
    }
}
