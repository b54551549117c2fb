internal import Crypto

/// Bytes in lowercase hex.
enum Hex {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 0x0f)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The SHA-256 of these bytes.
    static func sha256(_ bytes: [UInt8]) -> String {
        text(SHA256.hash(data: bytes))
    }
}
