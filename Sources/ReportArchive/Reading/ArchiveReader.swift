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
                let summary = try ReportSummary(row)
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
                let reportID = try attempt.decode(Int64.self, atIndex: 0)
                let query = ReportQuery(ReportFilter.only(ReportID(rawValue: reportID)))
                guard let row = try Row.fetchOne(db, sql: query.sql, arguments: query.arguments) else { return nil }
                let fields = try Row.fetchAll(
                    db, sql: "SELECT name, value FROM field WHERE reportId = ? ORDER BY name, value",
                    arguments: [reportID]
                ).map { ReportField(try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
                return DeliveredReport(
                    report: try ReportSummary(row), attemptNumber: try attempt.decode(atIndex: 1), fields: fields)
            }
        }
    }

    /// The newest report of the same link, case or person and the same kind, where it is newer than what this delivery
    /// brought: late older news does not win.
    package func newerReport(than id: DeliveryID) throws(ArchiveReadFailure) -> DeliveryID? {
        try read { db in
            let newest = try ReportSubject.allCases.compactMap { subject in
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT other.journalId FROM attempt
                        JOIN report ON report.id = attempt.reportId
                        JOIN field ON field.reportId = report.id AND (\(subject.condition))
                        JOIN field AS same ON same.name = field.name AND same.value = field.value
                        JOIN report AS other ON other.id = same.reportId AND other.kind = report.kind AND other.id <> report.id
                        WHERE attempt.journalId = ?
                            AND coalesce(other.providerTimeMilliseconds, other.receivedAtMilliseconds)
                                > coalesce(report.providerTimeMilliseconds, report.receivedAtMilliseconds)
                        ORDER BY coalesce(other.providerTimeMilliseconds, other.receivedAtMilliseconds) DESC LIMIT 1
                        """, arguments: [id.rawValue])
            }
            return newest.first.map(DeliveryID.init(rawValue:))
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
    /// Decodes rather than subscripts, here and below: in a damaged file any column may be NULL, whatever the schema says.
    fileprivate init(_ row: Row) throws {
        let rule = try row.decode(String?.self, atIndex: 9).flatMap(RouteRule.init)
        let providerTime = try row.decode(Int64?.self, atIndex: 8)
        self.init(
            reportID: ReportID(rawValue: try row.decode(atIndex: 0)),
            deliveryID: DeliveryID(rawValue: try row.decode(atIndex: 1)), ordinal: try row.decode(atIndex: 2),
            receivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 3)),
            source: try row.decode(atIndex: 4), provider: try row.decode(atIndex: 5), kind: try row.decode(atIndex: 6),
            dedupeKey: try row.decode(atIndex: 7),
            providerTime: providerTime.map(Timestamp.init(millisecondsSinceEpoch:)),
            route: try rule.map { Route(rule: $0, box: try row.decode(atIndex: 10)) },
            externalInfo: try row.decode(atIndex: 11), problem: try row.decode(atIndex: 12),
            attemptCount: try row.decode(atIndex: 13),
            lastDeliveryID: DeliveryID(rawValue: try row.decode(atIndex: 14)),
            lastReceivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 15)),
            verification: Verification(rawValue: try row.decode(atIndex: 16)) ?? .failed,
            secretName: try row.decode(atIndex: 17), bodyByteCount: try row.decode(atIndex: 18),
            storedByteCount: try row.decode(atIndex: 19), bodySHA256: Array(try row.decode(Data.self, atIndex: 20)),
            attemptNumber: try row.decode(atIndex: 21))
    }
}

extension ReplayRecord {
    fileprivate init(_ row: Row) throws {
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
