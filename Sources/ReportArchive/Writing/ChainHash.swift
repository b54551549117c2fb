internal import Crypto
internal import Deliveries

/// The hash that ties a journal row to the one before it, so that a changed, removed or inserted row shows.
///
/// SHA-256 over, in this order: the chain of the row before (32 zero bytes for the first), id, received time in milliseconds
/// and body byte count (8 bytes each, most significant first), UUID (16), SHA-256 of the body and of the head's text (32 each),
/// then source, verification and secret name, each with its length in bytes before it (4 bytes; an absent name has the
/// length 0xffffffff).
struct ChainHash {
    static let start = [UInt8](repeating: 0, count: 32)

    /// What is hashed, kept to reuse its memory.
    private var input: [UInt8] = []

    mutating func next(
        after previous: [UInt8], id: Int64, receivedAt: Timestamp, bodyByteCount: Int, uuid: UUIDv7,
        bodySHA256: [UInt8],
        headSHA256: [UInt8], source: String, verification: String, secretName: String?
    ) -> [UInt8] {
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: previous)
        append(UInt64(bitPattern: id))
        append(UInt64(bitPattern: receivedAt.millisecondsSinceEpoch))
        append(UInt64(bitPattern: Int64(bodyByteCount)))
        input.append(contentsOf: uuid.bytes)
        input.append(contentsOf: bodySHA256)
        input.append(contentsOf: headSHA256)
        append(source)
        append(verification)
        append(secretName)
        return Array(SHA256.hash(data: input))
    }

    private mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word.bigEndian) { input.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String?) {
        let length = text.map { UInt32(clamping: $0.utf8.count) } ?? .max
        withUnsafeBytes(of: length.bigEndian) { input.append(contentsOf: $0) }
        if let text { input.append(contentsOf: text.utf8) }
    }
}

extension SHA256 {
    static func bytes(of text: [UInt8]) -> [UInt8] {
        Array(hash(data: text))
    }
}
