/// A delivery that is ready for the journal: accepted, digested, compressed and not parsed.
package struct EncodedDelivery: Sendable {
    package let uuid: UUIDv7
    package let source: String
    package let receivedAt: Timestamp
    package let verification: Verification
    package let secretName: String?
    /// True for a browser redirect that names no link of the archive. The bytes of such redirects count against a
    /// budget. The oldest redirects are pruned first.
    package let isUnproved: Bool
    package let head: EncodedHead
    package let body: EncodedBody
    /// 16 random bytes. The chain covers head and body only together with the salt, so the chain reveals nothing about
    /// a removed head or body.
    package let salt: [UInt8]

    /// The length of a salt in bytes.
    package static let saltByteCount = 16

    package init(
        uuid: UUIDv7, source: String, receivedAt: Timestamp, verification: Verification, secretName: String?,
        head: EncodedHead, body: EncodedBody, salt: [UInt8], isUnproved: Bool = false
    ) {
        self.uuid = uuid
        self.source = source
        self.receivedAt = receivedAt
        self.verification = verification
        self.secretName = secretName
        self.head = head
        self.body = body
        self.salt = salt
        self.isUnproved = isUnproved
    }
}

/// The text of a `RequestHead` in its stored form: compressed if that is smaller.
package struct EncodedHead: Sendable {
    package let storedBytes: [UInt8]
    /// The SHA-256 of the text, 32 bytes.
    package let sha256: [UInt8]

    package init(storedBytes: [UInt8], sha256: [UInt8]) {
        self.storedBytes = storedBytes
        self.sha256 = sha256
    }
}

/// A body in its stored form, with the length and hash that verify its decompression.
package struct EncodedBody: Sendable {
    package let encoding: BodyEncoding
    package let storedBytes: [UInt8]
    /// The length of the body as it arrived, in bytes.
    package let byteCount: Int
    /// The SHA-256 of the body as it arrived, 32 bytes.
    package let sha256: [UInt8]

    package init(encoding: BodyEncoding, storedBytes: [UInt8], byteCount: Int, sha256: [UInt8]) {
        self.encoding = encoding
        self.storedBytes = storedBytes
        self.byteCount = byteCount
        self.sha256 = sha256
    }
}

/// The encoding of a stored body. The raw values are stored in the archive.
package enum BodyEncoding: Int, Sendable {
    /// The body as it arrived.
    case raw = 0
    /// The body as a zlib stream (RFC 1950), which may need a preset dictionary.
    case zlib = 1
}
