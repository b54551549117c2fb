internal import Deliveries
internal import GRDB
internal import Journal

/// An index file that is written: its connection, and the entries it takes from the journal.
///
/// Used by one thread at a time.
final class IndexFile {
    /// Entries in one batch.
    static let batchCountLimit = 2048
    /// Bytes of stored and decompressed bodies in one batch; at least one entry is taken, however large.
    static let batchByteCountLimit = 8 * 1024 * 1024
    /// A delivery with a body of this size is marked before it is parsed: a crash shows which one it was.
    static let markedByteCount = 256 * 1024
    /// After as many crashes a delivery is filed as unrecognised.
    static let crashLimit = 2
    /// Bytes of log after which it is copied back.
    private static let checkpointByteCount = 4 * 1024 * 1024

    let connection: WritingConnection
    private let journal: JournalReader
    private let parser: ReportParser
    private var names = IndexNames()
    private var removedReports = false
    /// False after a failed checkpoint: what the disk holds is not known then, and a power cut may leave a torn file.
    private(set) var isTrusted = true

    init(_ path: String, _ journal: JournalReader, _ parser: ReportParser) throws(ArchiveError) {
        self.connection = try WritingConnection(path, IndexSchema.schema, durability: .lastCommitsMayGo)
        self.journal = journal
        self.parser = parser
    }

    /// Whether the index was derived from this journal: the chain at the cursor is the same.
    func belongsToJournal() throws(ArchiveError) -> Bool {
        let (cursor, chain) = try connection.run { (try IndexState.cursor($0), try IndexState.chain($0)) }
        guard cursor > 0, let chain else { return true }
        if let entry = try journal.entry(cursor) { return entry.chain == chain }
        // A gap keeps the chain of its last entry alone; then only a journal that is too short shows.
        return try journal.end().map { $0.position >= cursor } ?? false
    }

    var cursor: Int64 {
        get throws(ArchiveError) { try connection.run { try IndexState.cursor($0) } }
    }

    /// Indexes the next entries.
    ///
    /// - Returns: the number of entries, and the last position; 0 when the end of the journal is reached.
    func indexNext() throws(ArchiveError) -> (count: Int, last: Int64) {
        let cursor = try cursor
        let rows = try journal.entries(
            after: cursor, countLimit: Self.batchCountLimit, byteCountLimit: Self.batchByteCountLimit)
        guard let last = rows.last else {
            try cleanUp()
            return (0, cursor)
        }
        var deliveries: [IndexedDelivery] = []
        var records: [IndexBatch.PositionedRecord] = []
        for row in rows {
            if row.isDelivery {
                deliveries.append(try indexed(row))
            } else if let record = try? row.record() {
                records.append(try positioned(record, row))
            }
        }
        let batch = IndexBatch(
            deliveries: deliveries, records: records, end: ChainMark(position: last.position, chain: last.chain))
        removedReports = removedReports || records.contains { if case .expiry = $0.record { true } else { false } }
        do throws(ArchiveError) {
            var names = names
            try connection.run { db in
                try db.inTransaction(.immediate) {
                    try batch.write(&names, db)
                    return .commit
                }
            }
            self.names = names
        } catch {
            // Numbers of names that were rolled back must not be used again.
            names = IndexNames()
            throw error
        }
        do throws(ArchiveError) {
            try connection.checkpoint(atLeast: Self.checkpointByteCount)
        } catch {
            isTrusted = false
        }
        return (rows.count, last.position)
    }

    /// Removes what identified reports that are gone, once for many expiry records.
    private func cleanUp() throws(ArchiveError) {
        guard removedReports else { return }
        try connection.run { try IndexRows.removeUnusedIdentities($0) }
        removedReports = false
    }

    private func positioned(_ record: JournalRecord, _ row: EntryRow) throws(ArchiveError) -> IndexBatch.PositionedRecord {
        var promoted: Int64?
        if case .promotion(let promotion) = record {
            promoted = try journal.read { db in
                try Int64.fetchOne(
                    db.cachedStatement(sql: "SELECT position FROM entry WHERE uuid = ?"),
                    arguments: [Blob(promotion.delivery.bytes)])
            }
        }
        return IndexBatch.PositionedRecord(
            position: row.position, recordedAt: row.recordedAt, record: record, promoted: promoted)
    }

    /// What the index keeps of a delivery. One that does not read back is indexed as damaged; it holds nothing up.
    private func indexed(_ row: EntryRow) throws(ArchiveError) -> IndexedDelivery {
        IndexedDelivery(
            id: row.id, source: row.source, receivedAt: row.recordedAt, originID: row.originID, byteCount: row.byteCount,
            reports: parser.routed(try contents(row), source: row.source))
    }

    private func contents(_ row: EntryRow) throws(ArchiveError) -> [ReportContent] {
        let isLarge = row.byteCount >= Self.markedByteCount
        if isLarge, try crashes(at: row.position) >= Self.crashLimit {
            let problem = "parsing this delivery ended the process \(Self.crashLimit) times"
            return [.unreadable(row.id, source: row.source, problem: problem)]
        }
        do throws(ArchiveError) {
            guard !row.isPruned else { return try row.summary() }
            let delivery = try row.delivery()
            if isLarge { try mark(row.position) }
            return parser.parse(delivery)
        } catch {
            return [.unreadable(row.id, source: row.source)]
        }
    }

    private func crashes(at position: Int64) throws(ArchiveError) -> Int {
        let parsing = try connection.run { try IndexState.parsing($0) }
        return parsing.map { $0.position == position ? $0.count : 0 } ?? 0
    }

    /// Notes that parsing begins. The note is removed with the batch; a crash leaves it behind.
    private func mark(_ position: Int64) throws(ArchiveError) {
        let count = try crashes(at: position) + 1
        try connection.run { try IndexState.setParsing(position, count: count, $0) }
    }

    func close() {
        connection.finish()
    }
}

extension ReportContent {
    /// The report of a delivery that cannot be read.
    static func unreadable(
        _ id: DeliveryID, source: String, problem: String = "the stored delivery is damaged; run callbox archive verify"
    ) -> ReportContent {
        ReportContent(
            provider: source, kind: ReportContent.unrecognisedKind, dedupeKey: "damaged:\(id)", problem: problem)
    }
}
