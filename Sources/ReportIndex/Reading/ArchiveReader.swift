package import Deliveries
internal import Foundation
internal import GRDB
package import Journal

/// The archive, open for reading, with or without a running server. Never writes and never checkpoints.
///
/// The index is the connection's main file; the journal is attached. Each transaction reads the index first, so the
/// snapshot of the journal is never older than the snapshot of the index. Reads throw `ArchiveError`; errors of a
/// caller's closure are rethrown.
package final class ArchiveReader: Sendable {
    package let directory: ArchiveDirectory
    private let queue: DatabaseQueue
    let dictionaries = DictionaryCache()
    /// False if there is no index that this version can read. Queries then return no rows.
    package let hasIndex: Bool

    package init(_ directory: ArchiveDirectory) throws(ArchiveError) {
        try directory.requireJournal()
        self.directory = directory
        if let queue = try Self.openIndex(directory), try Self.attachJournal(directory, to: queue) {
            (self.queue, hasIndex) = (queue, true)
        } else {
            (self.queue, hasIndex) = (try Self.emptyIndex(directory), false)
            _ = try Self.attachJournal(directory, to: queue)
        }
    }

    /// Attaches the journal to the connection.
    ///
    /// - Returns: false if the index was not derived from this journal.
    private static func attachJournal(
        _ directory: ArchiveDirectory, to queue: DatabaseQueue
    ) throws(ArchiveError) -> Bool {
        let path = directory.journal.path
        let uri = try SQLiteFile.readingURI(path)
        return try SQLiteFile.translating(path) {
            try queue.inDatabase { db in
                try db.execute(sql: "ATTACH DATABASE ? AS journal", arguments: [uri])
                let format = try Int.fetchOne(db, sql: "PRAGMA journal.user_version") ?? 0
                guard try Int32.fetchOne(db, sql: "PRAGMA journal.application_id") == JournalSchema.applicationID else {
                    throw ArchiveError.notAnArchive(path: path)
                }
                guard format == JournalSchema.schema.format else {
                    throw ArchiveError.unknownFormat(path: path, format: format)
                }
                try db.execute(sql: "PRAGMA query_only = ON")
                return try IndexState.isDerived(from: db, cursor: IndexState.cursor(db), chain: IndexState.chain(db))
            }
        }
    }

    /// The connection to the index; nil if there is no index that this version can read. A server or `archive reindex`
    /// creates an index.
    private static func openIndex(_ directory: ArchiveDirectory) throws(ArchiveError) -> DatabaseQueue? {
        do throws(ArchiveError) {
            return try SQLiteFile.openForReading(directory.indexPath, IndexSchema.schema, checksObjects: false)
        } catch  where error.isUnusableFile {
            return nil
        }
    }

    private static func emptyIndex(_ directory: ArchiveDirectory) throws(ArchiveError) -> DatabaseQueue {
        try SQLiteFile.translating(directory.indexPath) {
            let queue = try DatabaseQueue()
            try queue.inDatabase { try $0.execute(sql: IndexSchema.tables) }
            return queue
        }
    }

    /// Runs `work` in one snapshot.
    func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
        try translating {
            try queue.inDatabase { db in
                var value: Value?
                try db.inTransaction(.deferred) {
                    // This read starts the snapshot of the index before the snapshot of the journal.
                    _ = try IndexState.cursor(db)
                    value = try work(db)
                    return .commit
                }
                guard let value else { throw ArchiveError.closed }
                return value
            }
        }
    }

    /// `PRAGMA data_version` of the index: changes when another connection commits.
    func changeNumber() throws -> Int64 {
        try translating {
            try queue.unsafeRead { try Int64.fetchOne($0.cachedStatement(sql: "PRAGMA main.data_version")) ?? 0 }
        }
    }

    private func translating<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as DatabaseError {
            throw ArchiveError(error, path: directory.path)
        } catch is RowDecodingError {
            throw ArchiveError.damaged("\(directory.path) is damaged: a row cannot be read")
        }
    }
}

extension ArchiveReader {
    /// A delivery with its checked body; nil if there is no delivery with this ID.
    ///
    /// - Throws: `ArchiveError.pruned` if the body was pruned.
    package func delivery(_ id: DeliveryID) throws -> ArchivedDelivery? {
        guard let kept = try keptDelivery(id) else { return nil }
        if let pruning = kept.pruning { throw ArchiveError.pruned(id, reason: pruning.reason) }
        return kept.delivery
    }

    package func hasDelivery(_ id: DeliveryID) throws -> Bool {
        try read { try EntryRows.row(id.rawValue, $0, dictionaries)?.isDelivery ?? false }
    }

    /// The reports of a delivery, both first arrivals and repeats.
    package func reports(of id: DeliveryID) throws -> [DeliveredReport] {
        guard (1..<ArrivalID.deliveryLimit).contains(id.rawValue) else { return [] }
        return try read { db in
            let range = ArrivalID.range(id.rawValue...id.rawValue)
            let arrivals = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, id, 1 FROM report WHERE id BETWEEN ?1 AND ?2
                    UNION ALL SELECT id, reportId, number FROM attempt WHERE id BETWEEN ?1 AND ?2 ORDER BY 1
                    """, arguments: [range.lowerBound, range.upperBound])
            let reports = try arrivals.map { try $0.decode(ArrivalID.self, atIndex: 1) }
            var fields: [Int64: [ReportField]] = [:]
            for (segment, members) in Dictionary(grouping: reports, by: \.segment) {
                fields.merge(try Self.fields(of: members.map(\.rawValue), in: segment, db)) { $1 }
            }
            let details = ReportDetails(nil)
            return try zip(arrivals, reports).compactMap { arrival, report in
                let id = report.rawValue
                guard let summary = try details.summary(ofReport: id, arrival: id, db) else { return nil }
                return DeliveredReport(
                    ordinal: try arrival.decode(ArrivalID.self, atIndex: 0).ordinal, report: summary,
                    attemptNumber: try arrival.decode(atIndex: 2), fields: fields[id] ?? [])
            }
        }
    }

    /// The fields of reports in one segment, sorted. The table is not ordered by report, so this reads all rows of the
    /// segment or, with `names`, all rows with these names.
    ///
    /// - Parameter names: the names of the fields to read; nil for all fields.
    static func fields(
        of reports: [Int64], in segment: Int64, named names: [String]? = nil, _ db: Database
    ) throws -> [Int64: [ReportField]] {
        var conditions = SQLConditions()
        conditions.add("field.segment = ?", [segment])
        if let names {
            conditions.add(
                "field.nameId IN (SELECT id FROM fieldName WHERE name IN (\(marks(names.count))))",
                StatementArguments(names.map(\.bindable)))
        }
        // SQLite evaluates this range first, which excludes most rows before they are compared with the longer list of
        // IDs.
        conditions.add("field.reportId BETWEEN ? AND ?", [reports.min() ?? 0, reports.max() ?? 0])
        let list = reports.map(String.init).joined(separator: ",")
        conditions.add("+field.reportId IN (SELECT value FROM json_each(?))", ["[\(list)]"])
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT field.reportId, fieldName.name, field.value
                    FROM field CROSS JOIN fieldName ON fieldName.id = field.nameId WHERE \(conditions.sql)
                    """), arguments: conditions.arguments)
        var fields: [Int64: [ReportField]] = [:]
        while let row = try rows.next() {
            let report: Int64 = try row.decode(atIndex: 0)
            guard let value = FieldValue(stored: try row.decode(atIndex: 2)) else {
                throw ArchiveError.damaged("a field of report \(report) cannot be read")
            }
            fields[report, default: []].append(ReportField(try row.decode(atIndex: 1), value.text))
        }
        return fields.mapValues { fields in
            fields.sorted { one, other in
                let names = (ByteText(one.name), ByteText(other.name))
                return names.0 == names.1 ? ByteText(one.value) < ByteText(other.value) : names.0 < names.1
            }
        }
    }
}

/// A report as it arrived in one delivery.
package struct DeliveredReport: Sendable {
    /// The number of the report in the delivery, from 1.
    package let ordinal: Int
    package let report: ReportSummary
    /// The number of the arrival, from 1.
    package let attemptNumber: Int
    /// The fields, sorted by name and value.
    package let fields: [ReportField]

    /// - Parameter ordinal: the number of the report in this delivery; nil to use its number in the first arrival.
    init(ordinal: Int? = nil, report: ReportSummary, attemptNumber: Int, fields: [ReportField]) {
        self.ordinal = ordinal ?? report.ordinal
        self.report = report
        self.attemptNumber = attemptNumber
        self.fields = fields
    }
}
