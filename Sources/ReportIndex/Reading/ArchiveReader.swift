package import Deliveries
internal import Foundation
internal import GRDB
package import Journal

/// The archive, open for reading, beside a running server or without one. Never writes, never checkpoints.
///
/// The connection's own file is the index; the journal is attached to it. The index is opened first in each transaction, so the
/// journal's snapshot is never the older one.
package final class ArchiveReader: Sendable {
    package let directory: ArchiveDirectory
    private let queue: DatabaseQueue
    let dictionaries = DictionaryCache()
    /// Whether there is an index that this version reads; else queries find nothing.
    package let hasIndex: Bool

    package init(_ directory: ArchiveDirectory) throws(ArchiveError) {
        guard directory.exists else { throw .missing(path: directory.path) }
        self.directory = directory
        if let queue = try Self.openIndex(directory), try Self.attachJournal(directory, to: queue) {
            (self.queue, hasIndex) = (queue, true)
        } else {
            (self.queue, hasIndex) = (try Self.emptyIndex(directory), false)
            _ = try Self.attachJournal(directory, to: queue)
        }
    }

    /// - Returns: false when the index was not derived from this journal.
    private static func attachJournal(_ directory: ArchiveDirectory, to queue: DatabaseQueue) throws(ArchiveError)
        -> Bool
    {
        let path = try SQLiteFile.readingURI(directory.journal.path)
        return try SQLiteFile.translating(directory.journal.path) {
            try queue.inDatabase { db in
                try db.execute(sql: "ATTACH DATABASE ? AS journal", arguments: [path])
                let format = try Int.fetchOne(db, sql: "PRAGMA journal.user_version") ?? 0
                let applicationID = try Int32.fetchOne(db, sql: "PRAGMA journal.application_id")
                guard applicationID == JournalSchema.applicationID else {
                    throw ArchiveError.notAnArchive(path: directory.journal.path)
                }
                guard format == JournalSchema.schema.format else {
                    throw ArchiveError.unknownFormat(path: directory.journal.path, format: format)
                }
                try db.execute(sql: "PRAGMA query_only = ON")
                return try IndexState.isDerived(from: db, cursor: IndexState.cursor(db), chain: IndexState.chain(db))
            }
        }
    }

    /// Nil when there is no index that this version reads: a server or `archive reindex` makes one.
    private static func openIndex(_ directory: ArchiveDirectory) throws(ArchiveError) -> DatabaseQueue? {
        do throws(ArchiveError) {
            return try SQLiteFile.openForReading(directory.indexPath, IndexSchema.schema, checksObjects: false)
        } catch .missing {
            return nil
        } catch .unknownFormat {
            return nil
        } catch .notAnArchive {
            return nil
        } catch .damaged {
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

    /// A delivery with its body, checked; nil when there is none with this ID.
    package func delivery(_ id: DeliveryID) throws -> ArchivedDelivery? {
        guard let kept = try keptDelivery(id) else { return nil }
        if let pruning = kept.pruning { throw ArchiveError.pruned(id, reason: pruning.reason) }
        return kept.delivery
    }

    /// Whether there is a delivery with this ID.
    package func hasDelivery(_ id: DeliveryID) throws -> Bool {
        try read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM entry JOIN origin ON origin.id = entry.originId
                        WHERE entry.position = ? AND origin.source IS NOT NULL
                    )
                    """, arguments: [id.rawValue]) ?? false
        }
    }

    /// The reports of a delivery, whether it was the first to bring them or not, with the number of the attempt.
    package func reports(of id: DeliveryID) throws -> [DeliveredReport] {
        guard (1..<ArrivalID.deliveryLimit).contains(id.rawValue) else { return [] }
        return try read { db in
            let range: StatementArguments = [
                ArrivalID(id.rawValue, 0).rawValue, ArrivalID(id.rawValue + 1, 0).rawValue - 1,
            ]
            let arrivals = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, id, 1 FROM report WHERE id BETWEEN ?1 AND ?2
                    UNION ALL SELECT id, reportId, number FROM attempt WHERE id BETWEEN ?1 AND ?2 ORDER BY 1
                    """, arguments: range)
            let reports = try arrivals.map { try $0.decode(Int64.self, atIndex: 1) }
            let fields = try Self.fields(of: reports.map(ArrivalID.init(rawValue:)), db)
            let details = ReportDetails()
            return try zip(arrivals, reports).compactMap { arrival, report in
                guard let summary = try details.summary(ofReport: report, arrival: report, db) else { return nil }
                return DeliveredReport(
                    ordinal: ArrivalID(rawValue: try arrival.decode(atIndex: 0)).ordinal, report: summary,
                    attemptNumber: try arrival.decode(atIndex: 2), fields: fields[report] ?? [])
            }
        }
    }

    /// The fields of reports. Each segment's part of the index is read once, because it has no order by report.
    private static func fields(of reports: [ArrivalID], _ db: Database) throws -> [Int64: [ReportField]] {
        var fields: [Int64: [ReportField]] = [:]
        for (segment, members) in Dictionary(grouping: reports, by: \.segment) {
            let wanted = Set(members.map(\.rawValue))
            guard let first = wanted.min(), let last = wanted.max() else { continue }
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT fieldName.name, field.value, field.reportId FROM field
                            JOIN fieldName ON fieldName.id = field.nameId
                        WHERE field.segment = ? AND field.reportId BETWEEN ? AND ?
                        """), arguments: [segment, first, last])
            while let row = try rows.next() {
                let report: Int64 = try row.decode(atIndex: 2)
                guard wanted.contains(report) else { continue }
                let value: DatabaseValue = try row.decode(atIndex: 1)
                guard let text = FieldValue(value)?.text else {
                    throw ArchiveError.damaged("a field of report \(report) does not read back")
                }
                fields[report, default: []].append(ReportField(try row.decode(atIndex: 0), text))
            }
        }
        return fields.mapValues { fields in
            fields.sorted { one, other in
                let names = (ByteText(one.name), ByteText(other.name))
                return names.0 == names.1 ? ByteText(one.value) < ByteText(other.value) : names.0 < names.1
            }
        }
    }

    /// The replays of a delivery, oldest first.
    package func replays(of id: DeliveryID) throws -> [ReplayRecord] {
        try read { db in
            try Row.fetchAll(
                db, sql: "\(ReplayRecord.select) WHERE deliveryId = ? ORDER BY id", arguments: [id.rawValue]
            ).map(ReplayRecord.init)
        }
    }

    /// Entries of the journal that are not indexed yet, about: removed ones count too.
    package func unindexedCount() throws -> Int64 {
        try read { db in
            let cursor = try IndexState.cursor(db)
            return max(0, (try JournalEnd.read(db)?.position ?? 0) - cursor)
        }
    }

    /// Changes when another connection commits to the index (`PRAGMA data_version`).
    func changeNumber() throws -> Int64 {
        try translating {
            try queue.unsafeRead { try Int64.fetchOne($0.cachedStatement(sql: "PRAGMA main.data_version")) ?? 0 }
        }
    }

    /// Reads under one snapshot of the index.
    func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
        try translating {
            try queue.inDatabase { db in
                var value: Value?
                try db.inTransaction(.deferred) {
                    // The index's snapshot is taken first.
                    _ = try IndexState.cursor(db)
                    value = try work(db)
                    return .commit
                }
                guard let value else { throw ArchiveError.closed }
                return value
            }
        }
    }

    /// Translates SQLite's failures; errors of the caller's own code pass.
    private func translating<Value>(_ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let error as DatabaseError {
            throw ArchiveError(error, path: directory.path)
        } catch is RowDecodingError {
            throw ArchiveError.damaged("\(directory.path) is damaged: a row does not read back")
        }
    }
}

/// A report as one delivery brought it.
package struct DeliveredReport: Sendable {
    /// Its place in that delivery, from 1.
    package let ordinal: Int
    package let report: ReportSummary
    /// 1 for the delivery that brought it first.
    package let attemptNumber: Int
    package let fields: [ReportField]

    /// - Parameter ordinal: nil when it is that of the report, as in the delivery that brought it first.
    init(ordinal: Int? = nil, report: ReportSummary, attemptNumber: Int, fields: [ReportField]) {
        self.ordinal = ordinal ?? report.ordinal
        self.report = report
        self.attemptNumber = attemptNumber
        self.fields = fields
    }
}

extension ReplayRecord {
    static let select = """
        SELECT deliveryId, startedAtMilliseconds, method, url, durationMilliseconds, status, responseByteCount, responseSHA256,
            failure, id
        FROM replay
        """

    init(_ row: Row) throws {
        let outcome: Outcome
        if let status = try row.decode(Int?.self, atIndex: 5) {
            outcome = .responded(
                status: status, responseByteCount: try row.decode(Int?.self, atIndex: 6) ?? 0,
                responseSHA256: try row.decode(Data?.self, atIndex: 7).map(Array.init) ?? [])
        } else {
            outcome = .failed(try row.decode(String?.self, atIndex: 8) ?? "")
        }
        self.init(
            deliveryID: DeliveryID(rawValue: try row.decode(atIndex: 0)),
            startedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)),
            method: try row.decode(atIndex: 2),
            url: try row.decode(atIndex: 3), durationMilliseconds: try row.decode(atIndex: 4), outcome: outcome)
    }
}
