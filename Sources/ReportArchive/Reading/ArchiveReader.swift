package import Deliveries
internal import Foundation
internal import GRDB

/// The archive, open for reading, beside a running server or without one. Never writes, never checkpoints.
package final class ArchiveReader: Sendable {
    package let location: ArchiveLocation
    private let queue: DatabaseQueue

    package init(_ location: ArchiveLocation) throws(ArchiveError) {
        self.location = location
        self.queue = try ArchiveConnection.openForReading(location)
    }

    /// Reports that match, newest arrival first, handed over one by one so that memory does not grow with their number.
    package func forEachReport(
        matching filter: ReportFilter, _ body: (ReportSummary) throws -> Void
    ) throws(ArchiveReadFailure) {
        try read { db in
            let query = ReportQuery(filter)
            let cursor = try Row.fetchCursor(db, sql: query.sql, arguments: query.arguments)
            while let row = try cursor.next() {
                let summary = ReportSummary(row)
                do {
                    try body(summary)
                } catch {
                    throw ArchiveReadFailure.stopped(error)
                }
            }
        }
    }

    /// The same, gathered.
    package func reports(matching filter: ReportFilter) throws(ArchiveReadFailure) -> [ReportSummary] {
        var reports: [ReportSummary] = []
        try forEachReport(matching: filter) { reports.append($0) }
        return reports
    }

    /// A delivery with its body, checked; nil where there is none with this number.
    package func delivery(_ id: DeliveryID) throws(ArchiveReadFailure) -> ArchivedDelivery? {
        try read { try JournalRows.row(id, $0)?.opened() }
    }

    /// The reports that a delivery brought, whether it was the first to bring them or not, with the number of the attempt.
    package func reports(of id: DeliveryID) throws(ArchiveReadFailure) -> [DeliveredReport] {
        try read { db in
            let attempts = try Row.fetchAll(
                db, sql: "SELECT reportId, number FROM attempt WHERE journalId = ? ORDER BY ordinal",
                arguments: [id.rawValue])
            return try attempts.compactMap { attempt in
                let query = ReportQuery(ReportFilter.only(ReportID(rawValue: attempt[0])))
                guard let row = try Row.fetchOne(db, sql: query.sql, arguments: query.arguments) else { return nil }
                let fields = try Row.fetchAll(
                    db, sql: "SELECT name, value FROM field WHERE reportId = ? ORDER BY name, value",
                    arguments: [attempt[0] as Int64]
                ).map { ReportField($0[0], $0[1]) }
                return DeliveredReport(report: ReportSummary(row), attemptNumber: attempt[1], fields: fields)
            }
        }
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

    /// Deliveries in the journal that the projection has not reached yet.
    package func unprojectedCount() throws(ArchiveReadFailure) -> Int64 {
        try read { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT count(*) FROM journal WHERE id > (SELECT journalId FROM projection WHERE name = 'reports')"
            )
                ?? 0
        }
    }

    func read<Value>(_ work: (Database) throws -> Value) throws(ArchiveReadFailure) -> Value {
        do {
            return try queue.read(work)
        } catch let failure as ArchiveReadFailure {
            throw failure
        } catch let error as ArchiveError {
            throw .archive(error)
        } catch let error as DatabaseError {
            throw .archive(ArchiveError(error, location))
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
    package let report: ReportSummary
    /// 1 for the delivery that brought it first.
    package let attemptNumber: Int
    package let fields: [ReportField]
}

extension ReportFilter {
    fileprivate static func only(_ id: ReportID) -> ReportFilter {
        var filter = ReportFilter()
        filter.reportID = id
        return filter
    }
}

extension ReportSummary {
    fileprivate init(_ row: Row) {
        let rule = (row[9] as String?).flatMap(RouteRule.init)
        self.init(
            reportID: ReportID(rawValue: row[0]), deliveryID: DeliveryID(rawValue: row[1]), ordinal: row[2],
            receivedAt: Timestamp(millisecondsSinceEpoch: row[3]), source: row[4], provider: row[5], kind: row[6],
            dedupeKey: row[7], providerTime: (row[8] as Int64?).map(Timestamp.init(millisecondsSinceEpoch:)),
            route: rule.map { Route(rule: $0, box: row[10]) }, externalInfo: row[11], problem: row[12],
            attemptCount: row[13], lastDeliveryID: DeliveryID(rawValue: row[14]),
            lastReceivedAt: Timestamp(millisecondsSinceEpoch: row[15]),
            verification: Verification(rawValue: row[16]) ?? .failed, secretName: row[17], bodyByteCount: row[18],
            storedByteCount: row[19], bodySHA256: Array(row[20] as Data))
    }
}

extension ReplayRecord {
    fileprivate init(_ row: Row) {
        let outcome: Outcome
        if let status = row[5] as Int? {
            outcome = .answered(
                status: status, responseByteCount: row[6] ?? 0, responseSHA256: (row[7] as Data?).map(Array.init) ?? [])
        } else {
            outcome = .failed(row[8] ?? "")
        }
        self.init(
            deliveryID: DeliveryID(rawValue: row[0]), startedAt: Timestamp(millisecondsSinceEpoch: row[1]),
            method: row[2],
            url: row[3], durationMilliseconds: row[4], outcome: outcome)
    }
}
