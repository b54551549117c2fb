internal import Deliveries
internal import GRDB
internal import Journal

/// An index file and the code that writes it from the journal.
///
/// `@unchecked Sendable`: only one thread at a time uses an index file, because the indexer's lock guards the live
/// file.
final class IndexFile: @unchecked Sendable {
    /// The maximum number of entries of one batch.
    static let batchCountLimit = 1024
    /// The maximum number of bytes of stored and decompressed bodies in one batch. Only a batch of a single entry can
    /// be larger.
    static let batchByteCountLimit = 4 * 1024 * 1024
    /// The minimum size of a body that is marked before it is parsed. If parsing crashes, the mark identifies the
    /// delivery.
    static let markedByteCount = 256 * 1024
    /// The number of crashes after which a delivery is indexed as unrecognised without being parsed.
    static let crashLimit = 2
    /// The size of the write-ahead log, in bytes, at which a checkpoint is made.
    private static let checkpointByteCount = 4 * 1024 * 1024

    let connection: WritingConnection
    private let journal: JournalReader
    private let parser: ReportParser
    private var names = IndexNames()
    /// False if SQLite found the file malformed, or if a checkpoint failed. The file must then be replaced, because it
    /// is damaged or, after a failed checkpoint, a power cut may damage it.
    private(set) var isTrusted = true

    init(_ path: String, _ journal: JournalReader, _ parser: ReportParser) throws {
        self.connection = try WritingConnection(path, IndexSchema.schema, durability: .lastCommitsMayGo)
        self.journal = journal
        self.parser = parser
    }

    func belongsToJournal() throws -> Bool {
        let (cursor, chain) = try connection.run { (try IndexState.cursor($0), try IndexState.chain($0)) }
        return try journal.read { try IndexState.isDerived(from: $0, cursor: cursor, chain: chain) }
    }

    var cursor: Int64 {
        get throws { try connection.run { try IndexState.cursor($0) } }
    }

    /// Indexes the next entries.
    ///
    /// - Returns: the number of entries, which is 0 at the end of the journal, and the last indexed position.
    func indexNext(_ pace: inout IndexPace) throws -> (count: Int, last: Int64) {
        let cursor = try cursor
        let rows = try journal.entries(
            after: cursor, countLimit: Self.batchCountLimit, byteCountLimit: Self.batchByteCountLimit)
        guard let last = rows.last else {
            try cleanUp()
            return (0, cursor)
        }
        // Writes an expiry record in a separate batch, because it must remove only entries that were indexed before it.
        var rest = rows[...]
        while let first = rest.first {
            let part = rest.prefix { $0.isExpiry == first.isExpiry }
            try write(try batch(part, &pace), &pace)
            rest = rest.dropFirst(part.count)
        }
        return (rows.count, last.position)
    }

    private func batch(_ rows: ArraySlice<EntryRow>, _ pace: inout IndexPace) throws -> IndexBatch {
        var deliveries: [IndexedDelivery] = []
        var records: [IndexBatch.PositionedRecord] = []
        var removed: [ClosedRange<Int64>] = []
        for row in rows {
            pace.add(row.load)
            pace.restIfDue()
            if row.isDelivery {
                deliveries.append(
                    IndexedDelivery(
                        id: row.id, source: row.source, receivedAt: row.recordedAt, originID: row.originID,
                        byteCount: row.byteCount, reports: parser.routed(try contents(row), source: row.source)))
            } else if let record = try? row.record() {
                records.append(
                    IndexBatch.PositionedRecord(
                        position: row.position, recordedAt: row.recordedAt, record: record,
                        released: try releasedDelivery(by: record)))
                if case .expiry(let expiry) = record { removed += expiry.ranges }
            }
        }
        let last = rows[rows.endIndex - 1]
        return IndexBatch(
            deliveries: deliveries, records: records, successors: try successors(of: removed),
            end: ChainMark(position: last.position, chain: last.chain))
    }

    private func write(_ batch: IndexBatch, _ pace: inout IndexPace) throws {
        do {
            try transaction { try batch.write(&names, &pace, $0) }
        } catch {
            // Clears the cached IDs, because the rollback removed their rows.
            names = IndexNames()
            if case ArchiveError.damaged = error { isTrusted = false }
            throw error
        }
        do {
            if connection.uncopiedByteCount >= Self.checkpointByteCount { try connection.checkpoint() }
        } catch {
            isTrusted = false
        }
    }

    private func transaction(_ work: (Database) throws -> Void) throws {
        try connection.run { db in
            try db.inTransaction(.immediate) {
                try work(db)
                return .commit
            }
        }
    }

    /// The repeats that become first arrivals when these deliveries are removed. They are read at the time of the
    /// removal, because a repeat may have been recorded after the removal was planned.
    private func successors(of removed: [ClosedRange<Int64>]) throws -> [IndexBatch.Successor] {
        guard !removed.isEmpty else { return [] }
        let repeats = try connection.run { db in try removed.flatMap { try IndexRows.repeats(ofReportsIn: $0, db) } }
        let staying = repeats.filter { arrival in !removed.contains { $0.contains(arrival.id.deliveryID) } }
        return try Dictionary(grouping: staying, by: \.report).compactMap { report, arrivals in
            for arrival in arrivals.sorted(by: { $0.id < $1.id }) {
                // If this entry is already removed, a later record removes the arrival.
                guard let row = try journal.entry(arrival.id.deliveryID) else { continue }
                let reports = parser.routed(try contents(row), source: row.source)
                guard reports.indices.contains(arrival.id.ordinal - 1) else { continue }
                return IndexBatch.Successor(
                    id: arrival.id, of: report, report: reports[arrival.id.ordinal - 1], source: row.source)
            }
            return nil
        }
    }

    /// Removes names and identities that no report still uses. Runs once for several expiry records.
    private func cleanUp() throws {
        guard try connection.run({ try IndexState.isCleanUpDue($0) }) else { return }
        try transaction { db in
            try IndexRows.removeUnused(db)
            try IndexState.setCleanUpDue(false, db)
        }
        names = IndexNames()
    }

    /// The position of the delivery that a release record names.
    private func releasedDelivery(by record: JournalRecord) throws -> Int64? {
        guard case .release(let release) = record else { return nil }
        return try journal.read { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT position FROM entry WHERE uuid = ?"),
                arguments: [Blob(release.delivery.bytes)])
        }
    }

    /// The reports of a delivery. If a delivery cannot be read, indexes it as damaged, so it does not stop the indexer.
    private func contents(_ row: EntryRow) throws -> [ReportContent] {
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
        do {
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
    static let crashProblem = "the process crashed \(IndexFile.crashLimit) times while parsing this delivery"

    /// The report of a delivery that cannot be read.
    static func unreadable(
        _ id: DeliveryID, source: String, problem: String = "the stored delivery is damaged; run callbox archive verify"
    ) -> ReportContent {
        ReportContent(
            provider: source, type: ReportContent.unrecognisedType, dedupeKey: "damaged:\(id)", problem: problem)
    }
}

extension ArchiveDirectory {
    /// The path of an index that is being rebuilt and will replace the live index.
    var nextIndexPath: String {
        indexPath + ".next"
    }
}

extension IndexFile {
    /// Copies this index over the live file in one transaction, so readers see either the old or the new index.
    func copy(to path: String) throws {
        do {
            try copyPages(to: path)
        } catch let error as ArchiveError where error.isUnusableFile {
            // The live file is not a database, so it has no readers.
            FileSystem.removeDatabase(path)
            try copyPages(to: path)
        }
    }

    private func copyPages(to path: String) throws {
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

extension ArchiveError {
    /// True if the file is not an index that this version can read. The index must then be rebuilt.
    var isUnusableFile: Bool {
        switch self {
        case .missing, .notAnArchive, .damaged, .unknownFormat, .foreignSchema: true
        default: false
        }
    }
}
