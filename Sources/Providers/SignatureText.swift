internal import Deliveries

/// Signatures as headers carry them.
enum SignatureText {
    /// Length of an HMAC-SHA256 in bytes.
    static let byteCount = 32

    /// The 32 bytes that hexadecimal digits stand for, of either case, with or without `sha256=` before them; nil for
    /// anything else, however long.
    static func hex(_ text: Substring) -> [UInt8]? {
        let digits = withoutAlgorithm(text)
        guard digits.utf8.count == 2 * byteCount else { return nil }
        return Hex.decode(digits.utf8)
    }

    /// As `hex`, and base 64 with its padding or without.
    static func hexOrBase64(_ text: Substring) -> [UInt8]? {
        if let bytes = hex(text) { return bytes }
        let digits = withoutAlgorithm(text)
        guard (43...44).contains(digits.utf8.count), let bytes = Base64Text.decode(digits.utf8),
            bytes.count == byteCount
        else { return nil }
        return bytes
    }

    private static func withoutAlgorithm(_ text: Substring) -> Substring {
        let prefix = "sha256="
        return text.utf8.starts(with: prefix.utf8) ? text.dropFirst(prefix.count) : text
    }
}
