internal import BodyCompression
internal import Deliveries
internal import GRDB

/// The result of searching this journal for a mark of another journal.
package enum MarkPosition: Sendable, Equatable {
    /// Both journals are equal up to the mark.
    case same
    /// The journals differ, or this journal is shorter.
    case differs
    /// The entry at the mark was removed, so its chain is unknown. `lastKnown` is the last earlier position with a
    /// known chain, or 0.
    case removed(lastKnown: Int64)
}

extension ChainMark {
    /// The mark before the first entry, which all journals share.
    package static let start = ChainMark(position: 0, chain: ChainHash.start)

    /// The mark at a position. Nil if the position is past the end or within a gap.
    static func at(_ position: Int64, _ db: Database) throws -> ChainMark? {
        if position == 0 { return start }
        let chain = try Blob.fetchOne(
            db,
            sql: """
                SELECT chain FROM entry WHERE position = ?1
                UNION ALL SELECT chain FROM gap WHERE lastPosition = ?1
                """, arguments: [position])
        return chain.map { ChainMark(position: position, chain: $0.bytes) }
    }
}

extension JournalReader {
    /// The mark at a position. Nil if the position is past the end or its entry was removed.
    package func mark(at position: Int64) throws(ArchiveError) -> ChainMark? {
        try read { try ChainMark.at(position, $0) }
    }

    /// Searches this journal for another journal's mark.
    package func position(of mark: ChainMark) throws(ArchiveError) -> MarkPosition {
        try read { db in
            if let own = try ChainMark.at(mark.position, db) { return own.chain == mark.chain ? .same : .differs }
            let start = try Int64.fetchOne(
                db, sql: "SELECT firstPosition FROM gap WHERE firstPosition <= ?1 AND lastPosition > ?1",
                arguments: [mark.position])
            return start.map { .removed(lastKnown: $0 - 1) } ?? .differs
        }
    }

    /// The entries and gaps after a position, in the form that copies append, up to one of the limits. Nil at the end.
    ///
    /// A body that needs a dictionary is encoded without it, because each copy has its own dictionaries.
    package func run(
        after position: Int64, countLimit: Int, byteCountLimit: Int
    ) throws(ArchiveError) -> CopiedRun? {
        try read { db in
            let rows = try EntryRows.batch(
                after: position, countLimit: countLimit, byteCountLimit: byteCountLimit, db, dictionaries)
            var run = RunBuilder(after: position)
            for row in rows {
                while run.next < row.position { try run.appendGap(db) }
                try run.append(row, db)
                if run.summaryByteCount > byteCountLimit { break }
            }
            return run.built
        }
    }
}

/// Collects the entries and gaps of a `CopiedRun`.
private struct RunBuilder {
    private static let compressor = WholeBufferCompressor(level: 1)

    let firstPosition: Int64
    private(set) var next: Int64
    private(set) var summaryByteCount = 0
    private var items: [CopiedRun.Item] = []
    private var summaries: [Int64: [UInt8]] = [:]
    private var chain: [UInt8] = []

    init(after position: Int64) {
        firstPosition = position + 1
        next = position + 1
    }

    var built: CopiedRun? {
        items.isEmpty
            ? nil : CopiedRun(firstPosition: firstPosition, items: items, summaries: summaries, chain: chain)
    }

    /// Appends the gap that contains the next position.
    mutating func appendGap(_ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT lastPosition, chain, recordedBy FROM gap WHERE firstPosition <= ?1 AND lastPosition >= ?1
                """, arguments: [next])
        guard let row else { throw ArchiveError.damaged("entry \(next) is missing") }
        let last = try row.decode(Int64.self, atIndex: 0)
        chain = try row.decode(Blob.self, atIndex: 1).bytes
        items.append(.gap(last: last, chain: chain, recordedBy: try row.decode(atIndex: 2)))
        next = last + 1
    }

    mutating func append(_ row: EntryRow, _ db: Database) throws {
        items.append(.entry(try PortableEntry(row, Self.compressor)))
        if row.origin.type == RecordType.prune.rawValue, case .prune(let prune) = try row.record() {
            for pruned in prune.pruned {
                let summary = try Blob.fetchOne(
                    db.cachedStatement(sql: "SELECT body FROM entry WHERE position = ? AND prunedBy = ?"),
                    arguments: [pruned.delivery.rawValue, row.position])
                guard let summary else { continue }
                summaries[pruned.delivery.rawValue] = summary.bytes
                summaryByteCount += summary.bytes.count
            }
        }
        chain = row.chain
        next = row.position + 1
    }
}

extension PortableEntry {
    /// A stored entry as a copy receives it. A body that needs a dictionary is compressed by `compressor` instead.
    fileprivate init(_ row: EntryRow, _ compressor: WholeBufferCompressor) throws {
        guard let encoding = row.encoding else {
            throw ArchiveError.damaged("entry \(row.position): the stored body is missing")
        }
        let headSalt = row.isPruned ? row.salt : Commitment.headSalt(of: row.salt)
        var (portable, body) = (encoding, row.storedBody)
        if encoding == .zlib, DictionaryCache.checksum(namedBy: body) != nil {
            let opened = try row.openedBody()
            let compressed = compressor.compress(opened)
            (portable, body) = (compressed == nil ? .raw : .zlib, compressed ?? opened)
        }
        self.init(
            uuid: row.uuid, recordedAt: row.recordedAt, origin: row.origin, byteCount: row.byteCount,
            bodySHA256: row.bodySHA256, headCommitment: Commitment.make(salt: headSalt, bytes: try row.headText()),
            bodyCommitment: row.bodyCommitment ?? Commitment.make(salt: row.salt, sha256: row.bodySHA256),
            salt: row.salt, encoding: portable, head: row.storedHead, body: body, prunedBy: row.prunedBy)
    }
}
