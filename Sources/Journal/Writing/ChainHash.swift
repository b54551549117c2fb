package import Crypto
package import Deliveries

/// A commitment to bytes: SHA-256 over a random salt and the SHA-256 of the bytes.
///
/// The chain covers commitments instead of plain digests. After bytes and salt are removed, the chain can still be
/// verified, but a guess of the bytes can no longer be checked against the chain.
package enum Commitment {
    package static let saltByteCount = 16

    /// The salt of a head, derived from the entry's salt, which is also the salt of the body. Pruning replaces the
    /// entry's salt with this salt. The head can then still be verified, and the body's salt can no longer be computed.
    package static func headSalt(of salt: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: salt).prefix(saltByteCount))
    }

    /// Computes a commitment.
    ///
    /// - Parameter sha256: the digest of the bytes.
    package static func make(salt: [UInt8], sha256: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: salt)
        hash.update(data: sha256)
        return Array(hash.finalize())
    }

    package static func make(salt: [UInt8], bytes: [UInt8]) -> [UInt8] {
        make(salt: salt, sha256: SHA256.bytes(of: bytes))
    }
}

/// The hash that chains an entry to the previous entry. It reveals a changed, removed or inserted entry.
///
/// SHA-256 over, in this order: the previous chain hash (32 zero bytes for the first entry); position, recorded time in
/// milliseconds and byte count (8 bytes each, big-endian); UUID (16); commitments to head and body (32 each); type,
/// source, verification and secret name, each preceded by its length in bytes (4 bytes, big-endian; 0xffffffff for
/// nil).
package struct ChainHash {
    package static let start = [UInt8](repeating: 0, count: 32)

    /// A buffer that is kept to avoid allocations.
    private var input: [UInt8] = []

    package init() {}

    package mutating func next(
        after previous: [UInt8], position: Int64, recordedAt: Timestamp, byteCount: Int, uuid: [UInt8],
        headCommitment: [UInt8], bodyCommitment: [UInt8], origin: Origin
    ) -> [UInt8] {
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: previous)
        append(UInt64(bitPattern: position))
        append(UInt64(bitPattern: recordedAt.millisecondsSinceEpoch))
        append(UInt64(bitPattern: Int64(byteCount)))
        input.append(contentsOf: uuid)
        input.append(contentsOf: headCommitment)
        input.append(contentsOf: bodyCommitment)
        append(origin.type)
        append(origin.source)
        append(origin.verification)
        append(origin.secretName)
        return SHA256.bytes(of: input)
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { input.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String?) {
        append(text.map { UInt32(clamping: $0.utf8.count) } ?? .max)
        if let text { input.append(contentsOf: text.utf8) }
    }
}

/// The type of an entry and the source and verification of a delivery: a row of the table `origin`.
///
/// Strings are compared as bytes, because Swift treats two strings as equal if only their Unicode normalisation
/// differs.
package struct Origin: Hashable, Sendable {
    /// The type of deliveries. Records have a `RecordType` instead.
    package static let deliveryType = "delivery"
    /// The type of browser redirects that name no link of the archive. The total size of these redirects is limited.
    package static let redirectType = "redirect"

    package let type: String
    /// The source of a delivery. `source`, `verification` and `secretName` are nil for records.
    package let source: String?
    package let verification: String?
    package let secretName: String?

    package init(type: String, source: String? = nil, verification: String? = nil, secretName: String? = nil) {
        self.type = type
        self.source = source
        self.verification = verification
        self.secretName = secretName
    }

    init(of delivery: EncodedDelivery) {
        self.init(
            type: delivery.isUnproved ? Self.redirectType : Self.deliveryType, source: delivery.source,
            verification: delivery.verification.rawValue, secretName: delivery.secretName)
    }

    package var isDelivery: Bool { source != nil }

    package static func == (one: Origin, other: Origin) -> Bool {
        func areSame(_ one: String?, _ other: String?) -> Bool { one.map(ByteText.init) == other.map(ByteText.init) }
        return areSame(one.type, other.type) && areSame(one.source, other.source)
            && areSame(one.verification, other.verification) && areSame(one.secretName, other.secretName)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ByteText(type))
        hasher.combine(source.map(ByteText.init))
        hasher.combine(verification.map(ByteText.init))
        hasher.combine(secretName.map(ByteText.init))
    }
}

extension SHA256 {
    /// The digest, 32 bytes.
    package static func bytes(of data: [UInt8]) -> [UInt8] {
        Array(hash(data: data))
    }
}
