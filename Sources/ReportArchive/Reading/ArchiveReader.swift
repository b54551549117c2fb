package import Deliveries
internal import Foundation
internal import GRDB

/// The archive, open for reading, beside a running server or without one. Never writes, never checkpoints.
package final class ArchiveReader: Sendable {
    package let location: ArchiveLocation
    private let queue: DatabaseQueue
    let dictionaries = DictionaryCache()

    package init(_ location: ArchiveLocation) throws(ArchiveError) {
        self.location = location
        self.queue = try ArchiveConnection.openForReading(location)
    }

    /// A delivery with its body, checked; nil where there is none with this number.
    package func delivery(_ id: DeliveryID) throws(ArchiveReadFailure) -> ArchivedDelivery? {
        try read { try JournalRows.row(id, $0, dictionaries)?.opened() }
    }

    /// Whether there is a delivery with this number.
    package func hasDelivery(_ id: DeliveryID) throws(ArchiveReadFailure) -> Bool {
        try read { db in
            try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM journal WHERE id = ?)", arguments: [id.rawValue]) ?? false
        }
    }

    /// The reports that a delivery brought, whether it was the first to bring them or not, with the number of the attempt.
    package func reports(of id: DeliveryID) throws(ArchiveReadFailure) -> [DeliveredReport] {
        guard (1..<ArrivalID.deliveryLimit).contains(id.rawValue) else { return [] }
        return try read { db in
            let hidden = try ProjectionTables.firstHiddenArrival(db)
            let range: StatementArguments = [
                ArrivalID(id.rawValue, 0).rawValue, min(ArrivalID(id.rawValue + 1, 0), hidden).rawValue - 1,
            ]
            let arrivals = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, id, 1 FROM report WHERE id BETWEEN ?1 AND ?2
                    UNION ALL SELECT id, reportId, number FROM attempt WHERE id BETWEEN ?1 AND ?2 ORDER BY 1
                    """, arguments: range)
            let details = ReportDetails(hidden: hidden)
            return try arrivals.compactMap { arrival in
                let report = try arrival.decode(Int64.self, atIndex: 1)
                guard let summary = try details.summary(ofReport: report, arrival: report, db) else { return nil }
                return DeliveredReport(
                    ordinal: ArrivalID(rawValue: try arrival.decode(atIndex: 0)).ordinal, report: summary,
                    attemptNumber: try arrival.decode(atIndex: 2),
                    fields: try Self.fields(of: ArrivalID(rawValue: report), db))
            }
        }
    }

    /// A report's fields, looked for in its segment of the index, which has no order by report.
    private static func fields(of report: ArrivalID, _ db: Database) throws -> [ReportField] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT fieldName.name, field.value FROM field JOIN fieldName ON fieldName.id = field.nameId
                    WHERE field.segment = ? AND field.reportId = ?
                    """), arguments: [report.segment, report.rawValue]
        ).map { row in
            let value: DatabaseValue = try row.decode(atIndex: 1)
            guard let text = FieldValue(value)?.text else {
                throw ArchiveError.damaged("a field of report \(report.rawValue) does not read back")
            }
            return ReportField(try row.decode(atIndex: 0), text)
        }.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
    }

    /// The newest report of the same link, case or person and the same kind, where it is newer than what this delivery
    /// brought: late older news does not win.
    package func newerReport(than id: DeliveryID) throws(ArchiveReadFailure) -> DeliveryID? {
        let delivered = try reports(of: id)
        for subject in ReportSubject.allCases {
            var newest: ReportSummary?
            for brought in delivered {
                for field in brought.fields(identifying: subject) {
                    var filter = ReportFilter()
                    filter.fields = [field]
                    filter.kinds = [brought.report.kind]
                    for other in try reports(matching: filter) where other.reportID != brought.report.reportID {
                        guard other.time > brought.report.time, other.time > newest?.time ?? brought.report.time else {
                            continue
                        }
                        newest = other
                    }
                }
            }
            if let newest { return newest.deliveryID }
        }
        return nil
    }

    /// The replays of a delivery, oldest first.
    package func replays(of id: DeliveryID) throws(ArchiveReadFailure) -> [ReplayRecord] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT journalId, startedAtMilliseconds, method, url, durationMilliseconds, status, responseByteCount,
                        responseSHA256, failure
                    FROM replay WHERE journalId = ? ORDER BY id
                    """, arguments: [id.rawValue]
            ).map(ReplayRecord.init)
        }
    }

    /// Deliveries in the journal that the projection has not reached yet, about: numbers that retention took count as well.
    package func unprojectedCount() throws(ArchiveReadFailure) -> Int64 {
        try read { try ProjectionLag.State($0).count }
    }

    /// A number that is another one after every commit that somebody else made since: a look at it costs next to nothing.
    package func changeNumber() throws(ArchiveReadFailure) -> Int64 {
        try naming {
            try queue.unsafeRead { try Int64.fetchOne($0.cachedStatement(sql: "PRAGMA data_version")) ?? 0 }
        }
    }

    func read<Value>(_ work: (Database) throws -> Value) throws(ArchiveReadFailure) -> Value {
        try naming { try queue.read(work) }
    }

    /// Gives failures this module's names.
    private func naming<Value>(_ work: () throws -> Value) throws(ArchiveReadFailure) -> Value {
        do {
            return try work()
        } catch let failure as ArchiveReadFailure {
            throw failure
        } catch let error as ArchiveError {
            throw .archive(error)
        } catch let error as DatabaseError {
            throw .archive(ArchiveError(error, location))
        } catch is RowDecodingError {
            throw .archive(.damaged("\(location.path) is damaged: a row does not read back"))
        } catch {
            throw .stopped(error)
        }
    }
}

/// Why a read ended early.
package enum ArchiveReadFailure: Error {
    case archive(ArchiveError)
    /// The caller's own code ended it.
    case stopped(any Error)
}

/// A report as one delivery brought it.
package struct DeliveredReport: Sendable {
    /// Its place in that delivery, from 1.
    package let ordinal: Int
    package let report: ReportSummary
    /// 1 for the delivery that brought it first.
    package let attemptNumber: Int
    package let fields: [ReportField]

    /// - Parameter ordinal: nil where it is that of the report, as in the delivery that brought it first.
    init(ordinal: Int? = nil, report: ReportSummary, attemptNumber: Int, fields: [ReportField]) {
        self.ordinal = ordinal ?? report.ordinal
        self.report = report
        self.attemptNumber = attemptNumber
        self.fields = fields
    }

    func fields(identifying subject: ReportSubject) -> [ReportField] {
        fields.filter { field in
            subject.fieldNames.contains(field.name) && (field.name != "id" || report.provider == "certn-legacy")
        }
    }
}

extension ReplayRecord {
    init(_ row: Row) throws {
        let outcome: Outcome
        if let status = try row.decode(Int?.self, atIndex: 5) {
            outcome = .answered(
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
