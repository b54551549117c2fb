internal import BodyCompression
internal import Crypto
package import Deliveries
internal import GRDB

/// An entry without position and chain, as a shared journal holds it. Its body needs no dictionary.
package struct PortableEntry: Sendable {
    package let uuid: [UInt8]
    package let recordedAt: Timestamp
    package let origin: Origin
    package let byteCount: Int
    package let bodySHA256: [UInt8]
    package let headCommitment: [UInt8]
    package let bodyCommitment: [UInt8]
    package let salt: [UInt8]
    package let encoding: BodyEncoding
    package let head: [UInt8]
    package let body: [UInt8]

    package init(
        uuid: [UInt8], recordedAt: Timestamp, origin: Origin, byteCount: Int, bodySHA256: [UInt8],
        headCommitment: [UInt8], bodyCommitment: [UInt8], salt: [UInt8], encoding: BodyEncoding, head: [UInt8],
        body: [UInt8]
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
    }

    /// Nil if the body is compressed with a dictionary, which only this archive has.
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
            encoding: columns.body.encoding, head: columns.head, body: columns.body.storedBytes)
    }

    /// Approximate memory.
    package var heldByteCount: Int { 512 + head.count + body.count }

    /// More than any configuration of the listener accepts.
    private static let headByteCountLimit = 16 * 1024 * 1024

    /// Checks head and digest of the body against the commitments, which the chain covers. The indexer checks the
    /// body itself against the digest.
    func check(at position: Int64) throws(ArchiveError) {
        let text: [UInt8]
        do throws(ZlibDecompressor.Failure) {
            text = try HeadCompression.decode(
                head, byteCountLimit: Self.headByteCountLimit, dictionary: HeadCompression.dictionary)
        } catch {
            throw .notACopy(reason: "the head of entry \(position) in the shared journal does not decompress")
        }
        let isWhole =
            salt.count == Commitment.saltByteCount && bodySHA256.count == 32
            && Commitment.make(salt: Commitment.headSalt(of: salt), bytes: text) == headCommitment
            && Commitment.make(salt: salt, sha256: bodySHA256) == bodyCommitment
        guard isWhole else {
            throw .notACopy(reason: "entry \(position) in the shared journal does not match its commitments")
        }
    }
}

/// Consecutive entries of a shared journal.
package struct CopiedRun: Sendable {
    package let firstPosition: Int64
    package let entries: [PortableEntry]
    /// At the last entry.
    package let chain: [UInt8]

    package init(firstPosition: Int64, entries: [PortableEntry], chain: [UInt8]) {
        self.firstPosition = firstPosition
        self.entries = entries
        self.chain = chain
    }
}

enum UpstreamTable {
    /// The UUID of the shared journal that this journal is a copy of.
    static func read(_ db: Database) throws -> [UInt8]? {
        try Blob.fetchOne(db, sql: "SELECT journalUUID FROM upstream LIMIT 1")?.bytes
    }

    static func insert(_ uuid: [UInt8], _ db: Database) throws {
        try db.execute(sql: "INSERT INTO upstream (journalUUID) VALUES (?)", arguments: [Blob(uuid)])
    }
}

extension JournalWriter {
    /// Makes an empty journal a copy of the shared journal with this UUID, or checks that it is one. Blocks like
    /// `perform`.
    ///
    /// - Returns: the end of the copy; position 0 if it is empty.
    package func follow(_ upstream: [UInt8]) throws(ArchiveError) -> ChainMark {
        try performOnce { db, journal in
            var next = journal
            try db.inTransaction(.immediate) {
                try next.follow(upstream, db)
                return .commit
            }
            journal = next
            return ChainMark(position: next.last, chain: next.chain)
        }
    }

    /// Appends runs of the shared journal in one transaction and returns the end of the copy. Blocks like `perform`.
    package func append(_ runs: [CopiedRun]) throws(ArchiveError) -> ChainMark {
        let end = try performOnce { db, journal in
            var next = journal
            try db.inTransaction(.immediate) {
                for run in runs { try next.insert(run, db) }
                return .commit
            }
            journal = next
            return ChainMark(position: next.last, chain: next.chain)
        }
        announceGrowth()
        return end
    }
}

extension JournalReader {
    /// The position of the entry with this UUID; nil if there is none.
    package func position(of uuid: [UInt8]) throws(ArchiveError) -> Int64? {
        try read { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT position FROM entry WHERE uuid = ?"), arguments: [Blob(uuid)])
        }
    }

    /// True if the journal is a copy of a shared one.
    package func isCopy() throws(ArchiveError) -> Bool {
        try read { try UpstreamTable.read($0) != nil }
    }
}
