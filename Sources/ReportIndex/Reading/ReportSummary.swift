package import Deliveries
internal import Foundation
internal import GRDB

/// A report in query results: its content, its route and its first delivery.
package struct ReportSummary: Sendable {
    package let reportID: ReportID
    /// The end of a page of arrivals; equal to `reportID` unless attempts are listed.
    package let arrivalID: ReportID
    /// The delivery that brought it: the first one, unless attempts are listed.
    package let deliveryID: DeliveryID
    /// Its place in that delivery, from 1.
    package let ordinal: Int
    package let receivedAt: Timestamp
    package let source: String
    package let provider: String
    package let type: String
    package let providerTime: Timestamp?
    package let route: Route?
    /// JSON text.
    package let externalInfo: String?
    package let problem: String?
    /// How often it arrived.
    package let attemptCount: Int
    package let lastDeliveryID: DeliveryID
    package let lastReceivedAt: Timestamp
    package let verification: Verification
    package let secretName: String?
    /// Length of the first delivery's body as it arrived.
    package let bodyByteCount: Int
    /// Length of that body as it is stored; of the summary after pruning.
    package let storedByteCount: Int
    package let bodySHA256: [UInt8]
    /// Which of the arrivals this is: 1, unless attempts are listed.
    package let attemptNumber: Int
    /// Whether the body was pruned.
    package let isBodyPruned: Bool
}

/// Reads one report as an arrival brought it, if it meets the conditions.
struct ReportDetails {
    /// The provider's time of a report, or that of its arrival.
    static let timeSQL = "coalesce(report.providerTimeMilliseconds, delivery.receivedAtMilliseconds)"

    private let sql: String
    private let conditionsSQL: String
    private let arguments: StatementArguments

    init(_ conditions: ReportConditions.Resolved) {
        sql = Self.select + " AND " + conditions.sql
        conditionsSQL = conditions.sql
        arguments = conditions.arguments
    }

    /// Without conditions.
    init() {
        sql = Self.select
        conditionsSQL = "TRUE"
        arguments = []
    }

    func summary(ofReport report: Int64, arrival: Int64, _ db: Database) throws -> ReportSummary? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: sql), arguments: [arrival, report] + arguments)
        return try row.map {
            try ReportSummary($0, report: ArrivalID(rawValue: report), arrival: ArrivalID(rawValue: arrival))
        }
    }

    /// Whether a report, as an arrival brought it, meets the conditions.
    func holds(ofReport report: Int64, arrival: Int64, _ db: Database) throws -> Bool {
        let sql = """
            SELECT EXISTS (
                SELECT 1 FROM report CROSS JOIN delivery ON delivery.id = ? >> 20
                WHERE report.id = ? AND \(conditionsSQL)
            )
            """
        return try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: [arrival, report] + arguments) ?? false
    }

    private static let select = """
        SELECT delivery.receivedAtMilliseconds, category.source, category.provider, category.type,
            report.providerTimeMilliseconds, category.rule, category.topic, report.externalInfo, report.problem,
            report.attemptCount, last.id, last.receivedAtMilliseconds, origin.verification, origin.secretName,
            delivery.byteCount, length(entry.body), entry.bodySHA256, attempt.number, entry.encoding = 2
        FROM report CROSS JOIN delivery ON delivery.id = ?1 >> 20 JOIN category ON category.id = report.categoryId
            JOIN entry ON entry.position = delivery.id JOIN origin ON origin.id = delivery.originId
            LEFT JOIN delivery AS last ON last.id = report.lastDeliveryId LEFT JOIN attempt ON attempt.id = ?1
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
            source: try row.decode(atIndex: 1), provider: try row.decode(atIndex: 2), type: try row.decode(atIndex: 3),
            providerTime: try row.decode(Int64?.self, atIndex: 4).map(Timestamp.init(millisecondsSinceEpoch:)),
            route: try rule.map { Route(rule: $0, topic: try row.decode(atIndex: 6)) },
            externalInfo: try row.decode(atIndex: 7), problem: try row.decode(atIndex: 8),
            attemptCount: try row.decode(atIndex: 9),
            lastDeliveryID: DeliveryID(rawValue: try row.decode(Int64?.self, atIndex: 10) ?? report.deliveryID),
            lastReceivedAt: try row.decode(Int64?.self, atIndex: 11).map(Timestamp.init(millisecondsSinceEpoch:))
                ?? receivedAt,
            verification: Verification(rawValue: try row.decode(atIndex: 12)) ?? .failed,
            secretName: try row.decode(atIndex: 13), bodyByteCount: try row.decode(atIndex: 14),
            storedByteCount: try row.decode(Int?.self, atIndex: 15) ?? 0,
            bodySHA256: Array(try row.decode(Data?.self, atIndex: 16) ?? Data()),
            attemptNumber: try row.decode(Int?.self, atIndex: 17) ?? 1,
            isBodyPruned: try row.decode(Bool?.self, atIndex: 18) ?? false)
    }
}
