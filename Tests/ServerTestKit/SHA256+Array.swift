import Crypto

extension [UInt8] {
    /// 32 bytes that are used in place of a SHA-256.
    package static let digestFixture = [UInt8](repeating: 0xab, count: 32)
    package static let saltFixture = [UInt8](repeating: 0xcd, count: 16)

    package static func sha256(of bytes: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }
}
