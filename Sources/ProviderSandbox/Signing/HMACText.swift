internal import Crypto
internal import Foundation

/// How a signature is written.
package enum SignatureEncoding: Sendable, Equatable {
    case hex
    case base64

    /// The encoding of a recorded signature: 64 hex digits are hex, everything else counts as base64.
    package init(of recorded: some StringProtocol) {
        let isHex = recorded.utf8.count == 64 && recorded.utf8.allSatisfy { "0123456789abcdefABCDEF".utf8.contains($0) }
        self = isHex ? .hex : .base64
    }
}

/// HMAC-SHA256 as the providers write it.
package enum HMACText {
    package static func sign(_ message: [UInt8], key: [UInt8], as encoding: SignatureEncoding) -> String {
        let digest = Array(code(of: message, key: key))
        switch encoding {
        case .hex: return Hex.text(digest)
        case .base64: return Data(digest).base64EncodedString()
        }
    }

    static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}

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
