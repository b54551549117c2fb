internal import BodyCompression
internal import Crypto
package import Deliveries
internal import GRDB

/// An entry without position and chain, as a shared journal stores it. The body needs no dictionary.
///
/// In a pruned entry, `body` is the stored summary, `salt` is the salt of head and summary, and `bodySHA256` is empty.
package struct PortableEntry: Sendable {
    package let uuid: [UInt8]
    package let recordedAt: Timestamp
    package let origin: Origin
    package let byteCount: Int
    package let bodySHA256: [UInt8]
    package let headCommitment: [UInt8]
    package let bodyCommitment: [UInt8]
    package let salt: [UInt8]
    package let encoding: EntryEncoding
    package let head: [UInt8]
    package let body: [UInt8]
    /// The position of the record that pruned the body.
    package let prunedBy: Int64?

    package init(
        uuid: [UInt8], recordedAt: Timestamp, origin: Origin, byteCount: Int, bodySHA256: [UInt8],
        headCommitment: [UInt8], bodyCommitment: [UInt8], salt: [UInt8], encoding: EntryEncoding, head: [UInt8],
        body: [UInt8], prunedBy: Int64? = nil
    ) {
        self.uuid = uuid
        self.recordedAt = recordedAt
        self.origin = origin
        self.byteCount = byteCount
        self.bodySHA256 = bodySHA256
        self.headCommitment = headCommitment
        self.bodyCommitment = bodyCommitment
        self.salt = salt
        self.encoding = encoding
        self.head = head
        self.body = body
        self.prunedBy = prunedBy
    }

    /// Nil if the body is compressed with a dictionary, because only this archive has the dictionary.
    package init?(_ entry: NewEntry, at time: Timestamp) {
        let columns = Columns(entry, at: time)
        guard columns.body.encoding == .raw || DictionaryCache.checksum(namedBy: columns.body.storedBytes) == nil else {
            return nil
        }
        self.init(
            uuid: columns.uuid, recordedAt: columns.recordedAt, origin: columns.origin,
            byteCount: columns.body.byteCount, bodySHA256: columns.body.sha256,
            headCommitment: Commitment.make(
                salt: Commitment.headSalt(of: columns.salt), sha256: columns.headSHA256),
            bodyCommitment: Commitment.make(salt: columns.salt, sha256: columns.body.sha256), salt: columns.salt,
            encoding: EntryEncoding(columns.body.encoding), head: columns.head, body: columns.body.storedBytes)
    }

    /// The record. Nil if the entry is a delivery or cannot be read.
    package func record() -> JournalRecord? {
        guard let type = RecordType(rawValue: origin.type) else { return nil }
        let json = encoding == .raw ? body : try? ZlibDecompressor.decompress(body, byteCount: byteCount)
        return json.flatMap { JournalRecord(type, json: $0) }
    }

    /// The approximate memory of the entry, in bytes.
    package var heldByteCount: Int { 512 + head.count + body.count }

    /// The maximum length of a head in bytes. No configuration of the listener accepts a longer head.
    private static let headByteCountLimit = 16 * 1024 * 1024

    /// Checks the head and the digest of the body against the commitments, which the chain covers. The indexer checks
    /// the body itself against the digest.
    ///
    /// The digest of a pruned body is gone, so the body can no longer be compared with its commitment, but the chain
    /// still covers the commitment. The prune record contains the commitment to the summary, and `archive verify`
    /// compares it with the summary.
    func check(at position: Int64) throws(ArchiveError) {
        let text: [UInt8]
        do throws(ZlibDecompressor.Failure) {
            text = try HeadCompression.decode(
                head, byteCountLimit: Self.headByteCountLimit, dictionary: HeadCompression.dictionary)
        } catch {
            throw .notACopy(reason: "the head of entry \(position) in the shared journal cannot be decompressed")
        }
        let isPruned = encoding == .pruned
        let isWhole =
            salt.count == Commitment.saltByteCount && isPruned == (prunedBy != nil)
            && Commitment.make(salt: isPruned ? salt : Commitment.headSalt(of: salt), bytes: text) == headCommitment
            && (isPruned
                ? bodySHA256.isEmpty && bodyCommitment.count == 32
                : bodySHA256.count == 32 && Commitment.make(salt: salt, sha256: bodySHA256) == bodyCommitment)
        guard isWhole else {
            throw .notACopy(reason: "entry \(position) in the shared journal does not match its commitments")
        }
    }
}
