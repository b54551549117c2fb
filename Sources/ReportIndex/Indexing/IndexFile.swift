internal import Deliveries
internal import GRDB
internal import Journal

/// An index file that is written from the journal.
///
/// `@unchecked Sendable`: used by one thread at a time, the live one under the indexer's lock.
final class IndexFile: @unchecked Sendable {
    /// Entries in one batch.
    static let batchCountLimit = 1024
    /// Bytes of stored and decompressed bodies in one batch; at least one entry is taken, however large.
    static let batchByteCountLimit = 4 * 1024 * 1024
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
    /// False once SQLite found the file malformed, or a checkpoint failed and a power cut may leave it torn: then it must be replaced.
    private(set) var isTrusted = true

    init(_ path: String, _ journal: JournalReader, _ parser: ReportParser) throws(ArchiveError) {
        self.connection = try WritingConnection(path, IndexSchema.schema, durability: .lastCommitsMayGo)
        self.journal = journal
        self.parser = parser
    }

    /// Whether the index was derived from this journal.
    func belongsToJournal() throws(ArchiveError) -> Bool {
        let (cursor, chain) = try connection.run { (try IndexState.cursor($0), try IndexState.chain($0)) }
        return try journal.read { try IndexState.isDerived(from: $0, cursor: cursor, chain: chain) }
    }

    var cursor: Int64 {
        get throws(ArchiveError) { try connection.run { try IndexState.cursor($0) } }
    }

    /// Indexes the next entries, without rests.
    ///
    /// - Returns: the number of entries, and the last position; 0 when the end of the journal is reached.
    func indexNext() throws(ArchiveError) -> (count: Int, last: Int64) {
        var pace = IndexPace.unpaced
        return try indexNext(&pace)
    }

    /// Indexes the next entries, with the rests of a pace.
    func indexNext(_ pace: inout IndexPace) throws(ArchiveError) -> (count: Int, last: Int64) {
        let cursor = try cursor
        let rows = try journal.entries(
            after: cursor, countLimit: Self.batchCountLimit, byteCountLimit: Self.batchByteCountLimit)
        guard let last = rows.last else {
            try cleanUp()
            return (0, cursor)
        }
        // An expiry record has batches of its own: it removes what was indexed before it and nothing that comes later.
        var rest = rows[...]
        while let first = rest.first {
            let part = rest.prefix { $0.isExpiry == first.isExpiry }
            try write(try batch(part, &pace), &pace)
            rest = rest.dropFirst(part.count)
        }
        return (rows.count, last.position)
    }

    private func batch(_ rows: ArraySlice<EntryRow>, _ pace: inout IndexPace) throws(ArchiveError) -> IndexBatch {
        var deliveries: [IndexedDelivery] = []
        var records: [IndexBatch.PositionedRecord] = []
        var removed: [ClosedRange<Int64>] = []
        for row in rows {
            pace.add(row.load)
            pace.restIfDue()
            if row.isDelivery {
                deliveries.append(try indexed(row))
            } else if let record = try? row.record() {
                records.append(try positioned(record, row))
                if case .expiry(let expiry) = record { removed += expiry.ranges }
            }
        }
        let last = rows[rows.endIndex - 1]
        return IndexBatch(
            deliveries: deliveries, records: records, successors: try successors(of: removed),
            end: ChainMark(position: last.position, chain: last.chain))
    }

    private func write(_ batch: IndexBatch, _ pace: inout IndexPace) throws(ArchiveError) {
        do throws(ArchiveError) {
            var names = names
            try connection.run { db in
                try db.inTransaction(.immediate) {
                    try batch.write(&names, &pace, db)
                    return .commit
                }
            }
            self.names = names
        } catch {
            // Numbers of names that were rolled back must not be used again.
            names = IndexNames()
            if case .damaged = error { isTrusted = false }
            throw error
        }
        do throws(ArchiveError) {
            if connection.uncopiedByteCount >= Self.checkpointByteCount { try connection.checkpoint() }
        } catch {
            isTrusted = false
        }
    }

    /// The arrivals that become first arrivals when these deliveries are removed: a repeat may have been recorded after the removal
    /// was planned.
    private func successors(of removed: [ClosedRange<Int64>]) throws(ArchiveError) -> [IndexBatch.Successor] {
        guard !removed.isEmpty else { return [] }
        let repeats = try connection.run { db in try removed.flatMap { try IndexRows.repeats(ofReportsIn: $0, db) } }
        let staying = repeats.filter { arrival in !removed.contains { $0.contains(arrival.id.deliveryID) } }
        var successors: [IndexBatch.Successor] = []
        for (report, arrivals) in Dictionary(grouping: staying, by: \.report) {
            for arrival in arrivals.sorted(by: { $0.id < $1.id }) {
                // An entry that is gone already is removed by a later record.
                guard let row = try journal.entry(arrival.id.deliveryID) else { continue }
                let reports = parser.routed(try contents(row), source: row.source)
                guard reports.indices.contains(arrival.id.ordinal - 1) else { continue }
                successors.append(
                    IndexBatch.Successor(
                        id: arrival.id, of: report, report: reports[arrival.id.ordinal - 1], source: row.source))
                break
            }
        }
        return successors
    }

    /// Removes names and identities that nothing uses since reports were removed, once for many expiry records.
    private func cleanUp() throws(ArchiveError) {
        let isDone = try connection.run { db in
            guard try IndexState.isCleanUpDue(db) else { return false }
            try db.inTransaction(.immediate) {
                try IndexRows.removeUnused(db)
                try IndexState.setCleanUpDue(false, db)
                return .commit
            }
            return true
        }
        if isDone { names = IndexNames() }
    }

    private func positioned(_ record: JournalRecord, _ row: EntryRow) throws(ArchiveError)
        -> IndexBatch.PositionedRecord
    {
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
            id: row.id, source: row.source, receivedAt: row.recordedAt, originID: row.originID,
            byteCount: row.byteCount,
            reports: parser.routed(try contents(row), source: row.source))
    }

    private func contents(_ row: EntryRow) throws(ArchiveError) -> [ReportContent] {
        guard row.byteCount >= Self.markedByteCount else { return read(row) }
        let crashCount = try connection.run { try IndexState.crashCount(at: row.position, $0) }
        guard crashCount < Self.crashLimit else {
            return [.unreadable(row.id, source: row.source, problem: ReportContent.crashProblem)]
        }
        try connection.run { try IndexState.beginParsing(row.position, $0) }
        let contents = read(row)
        try connection.run { try IndexState.endParsing(row.position, $0) }
        return contents
    }

    private func read(_ row: EntryRow) -> [ReportContent] {
        do throws(ArchiveError) {
            return row.isPruned ? try row.summary() : parser.parse(try row.delivery())
        } catch {
            return [.unreadable(row.id, source: row.source)]
        }
    }

    func close() {
        connection.finish()
    }
}

extension EntryRow {
    fileprivate var isExpiry: Bool {
        origin.type == RecordType.expiry.rawValue
    }
}

extension ReportContent {
    static let crashProblem = "parsing this delivery ended the process \(IndexFile.crashLimit) times"

    /// The report of a delivery that cannot be read.
    static func unreadable(
        _ id: DeliveryID, source: String, problem: String = "the stored delivery is damaged; run callbox archive verify"
    ) -> ReportContent {
        ReportContent(
            provider: source, type: ReportContent.unrecognisedType, dedupeKey: "damaged:\(id)", problem: problem)
    }
}

extension ArchiveDirectory {
    /// Where an index is rebuilt that is to replace the live one.
    var nextIndexPath: String {
        indexPath + ".next"
    }
}

extension IndexFile {
    /// Copies this index over the live file in one transaction: readers see the old one or the new one, never none.
    func copy(to path: String) throws(ArchiveError) {
        do throws(ArchiveError) {
            try copyPages(to: path)
        } catch .notAnArchive {
            // The live file is not a database, so it has no readers.
            FileSystem.removeDatabase(path)
            try copyPages(to: path)
        } catch .damaged {
            FileSystem.removeDatabase(path)
            try copyPages(to: path)
        }
    }

    private func copyPages(to path: String) throws(ArchiveError) {
        if FileIdentity(path: path) == nil { try FileSystem.createFile(path) }
        try SQLiteFile.translating(path) {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { target in
                _ = try Int.fetchOne(target, sql: "PRAGMA user_version")
                try connection.run { try $0.backup(to: target) }
            }
            try queue.close()
        }
    }
}
