internal import Deliveries
internal import Foundation
internal import GRDB

/// Reads one report as an arrival brought it, where it meets the conditions.
struct ReportDetails {
    /// A report's own time, or that of its arrival where the provider gives none.
    static let timeSQL = "coalesce(report.providerTimeMilliseconds, journal.receivedAtMilliseconds)"

    private let sql: String
    private let conditionsSQL: String
    private let arguments: StatementArguments
    private let hidden: ArrivalID

    init(_ conditions: ReportConditions.Resolved) {
        sql = Self.select + " AND " + conditions.sql
        conditionsSQL = conditions.sql
        arguments = conditions.arguments
        hidden = conditions.hidden
    }

    /// Without conditions.
    ///
    /// - Parameter hidden: the first arrival that is not shown.
    init(hidden: ArrivalID) {
        sql = Self.select
        conditionsSQL = "TRUE"
        arguments = []
        self.hidden = hidden
    }

    func summary(ofReport report: Int64, arrival: Int64, _ db: Database) throws -> ReportSummary? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: sql), arguments: [arrival, report, hidden.rawValue] + arguments)
        return try row.map {
            try ReportSummary($0, report: ArrivalID(rawValue: report), arrival: ArrivalID(rawValue: arrival))
        }
    }

    /// Whether a report, as an arrival brought it, meets the conditions.
    func holds(ofReport report: Int64, arrival: Int64, _ db: Database) throws -> Bool {
        let sql = """
            SELECT EXISTS (
                SELECT 1 FROM report CROSS JOIN journal ON journal.id = ? >> 20
                    JOIN origin ON origin.id = journal.originId
                WHERE report.id = ? AND \(conditionsSQL)
            )
            """
        return try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: [arrival, report] + arguments) ?? false
    }

    private static let select = """
        SELECT journal.receivedAtMilliseconds, category.source, category.provider, category.kind,
            report.providerTimeMilliseconds, category.rule, category.box, report.externalInfo, report.problem,
            CASE WHEN report.lastJournalId << 20 < ?3 OR report.lastJournalId IS NULL THEN report.attemptCount
                ELSE 1 + (SELECT count(*) FROM attempt WHERE attempt.reportId = report.id AND attempt.id < ?3) END,
            last.id, last.receivedAtMilliseconds, origin.verification,
            origin.secretName, journal.bodyByteCount, length(body.bytes), journal.bodySHA256, attempt.number,
            body.encoding = 'gone'
        FROM report CROSS JOIN journal ON journal.id = ?1 >> 20 JOIN category ON category.id = report.categoryId
            JOIN origin ON origin.id = journal.originId LEFT JOIN body ON body.journalId = journal.id
            LEFT JOIN journal AS last ON last.id =
                CASE WHEN report.lastJournalId << 20 < ?3 THEN report.lastJournalId
                    ELSE (SELECT max(attempt.id) >> 20 FROM attempt WHERE attempt.reportId = report.id AND attempt.id < ?3)
                END
            LEFT JOIN attempt ON attempt.id = ?1
        WHERE report.id = ?2
        """
}

extension ReportSummary {
    /// Decodes rather than subscripts: in a damaged file any column may be NULL, whatever the schema says.
    fileprivate init(_ row: Row, report: ArrivalID, arrival: ArrivalID) throws {
        let receivedAt = Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 0))
        let rule = try row.decode(String?.self, atIndex: 5).flatMap(RouteRule.init)
        self.init(
            reportID: ReportID(rawValue: report.rawValue), arrivalID: ReportID(rawValue: arrival.rawValue),
            deliveryID: DeliveryID(rawValue: arrival.deliveryID), ordinal: arrival.ordinal, receivedAt: receivedAt,
            source: try row.decode(atIndex: 1), provider: try row.decode(atIndex: 2), kind: try row.decode(atIndex: 3),
            providerTime: try row.decode(Int64?.self, atIndex: 4).map(Timestamp.init(millisecondsSinceEpoch:)),
            route: try rule.map { Route(rule: $0, box: try row.decode(atIndex: 6)) },
            externalInfo: try row.decode(atIndex: 7), problem: try row.decode(atIndex: 8),
            attemptCount: try row.decode(atIndex: 9),
            lastDeliveryID: DeliveryID(rawValue: try row.decode(Int64?.self, atIndex: 10) ?? report.deliveryID),
            lastReceivedAt: try row.decode(Int64?.self, atIndex: 11).map(Timestamp.init(millisecondsSinceEpoch:))
                ?? receivedAt,
            verification: Verification(rawValue: try row.decode(atIndex: 12)) ?? .failed,
            secretName: try row.decode(atIndex: 13), bodyByteCount: try row.decode(atIndex: 14),
            storedByteCount: try row.decode(Int?.self, atIndex: 15) ?? 0,
            bodySHA256: Array(try row.decode(Data.self, atIndex: 16)),
            attemptNumber: try row.decode(Int?.self, atIndex: 17) ?? 1,
            isBodyPruned: try row.decode(Bool?.self, atIndex: 18) ?? false)
    }
}
