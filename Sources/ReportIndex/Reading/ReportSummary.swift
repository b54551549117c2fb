package import Deliveries
internal import Foundation
internal import GRDB

/// A report in query results.
package struct ReportSummary: Sendable {
    package let reportID: ReportID
    /// The arrival that the result shows. Equal to `reportID` unless attempts are listed.
    package let arrivalID: ReportID
    /// The delivery of the arrival that the result shows.
    package let deliveryID: DeliveryID
    /// The number of the report in `deliveryID`, from 1.
    package let ordinal: Int
    package let receivedAt: Timestamp
    package let source: String
    package let provider: String
    package let type: String
    package let providerTime: Timestamp?
    package let route: Route?
    /// The external info as JSON text.
    package let externalInfo: String?
    package let problem: String?
    /// The number of arrivals of the report.
    package let attemptCount: Int
    package let lastDeliveryID: DeliveryID
    package let lastReceivedAt: Timestamp
    package let verification: Verification
    package let secretName: String?
    /// The length of the delivery's body as it arrived.
    package let bodyByteCount: Int
    /// The length of the delivery's stored body. After pruning, the length of the summary.
    package let storedByteCount: Int
    package let bodySHA256: [UInt8]
    /// The number of the arrival that the result shows, from 1.
    package let attemptNumber: Int
    package let isBodyPruned: Bool
}

/// Reads a report as one arrival contained it, if it meets the conditions.
struct ReportDetails {
    /// SQL for the provider's time of a report or, if there is none, its arrival time.
    static let timeSQL = "coalesce(report.providerTimeMilliseconds, delivery.receivedAtMilliseconds)"

    private let sql: String
    private let holdsSQL: String
    private let arguments: StatementArguments

    /// - Parameter conditions: the conditions to check; nil to accept any report.
    init(_ conditions: ReportConditions?) {
        let condition = conditions?.sql ?? "TRUE"
        sql = "\(Self.select) AND \(condition)"
        holdsSQL = """
            SELECT EXISTS (
                SELECT 1 FROM report CROSS JOIN delivery ON delivery.id = ? >> 20 WHERE report.id = ? AND \(condition)
            )
            """
        arguments = conditions?.arguments ?? []
    }

    func summary(ofReport report: Int64, arrival: Int64, _ db: Database) throws -> ReportSummary? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [arrival, report] + arguments).map {
            try ReportSummary($0, report: ArrivalID(rawValue: report), arrival: ArrivalID(rawValue: arrival))
        }
    }

    func holds(ofReport report: Int64, arrival: Int64, _ db: Database) throws -> Bool {
        try Bool.fetchOne(db.cachedStatement(sql: holdsSQL), arguments: [arrival, report] + arguments) ?? false
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
    fileprivate init(_ row: Row, report: ArrivalID, arrival: ArrivalID) throws {
        let receivedAt = try row.decode(Timestamp.self, atIndex: 0)
        self.init(
            reportID: ReportID(rawValue: report.rawValue), arrivalID: ReportID(rawValue: arrival.rawValue),
            deliveryID: DeliveryID(rawValue: arrival.deliveryID), ordinal: arrival.ordinal, receivedAt: receivedAt,
            source: try row.decode(atIndex: 1), provider: try row.decode(atIndex: 2), type: try row.decode(atIndex: 3),
            providerTime: try row.decode(atIndex: 4), route: try Route(row, rule: 5, topic: 6),
            externalInfo: try row.decode(atIndex: 7), problem: try row.decode(atIndex: 8),
            attemptCount: try row.decode(atIndex: 9),
            lastDeliveryID: try row.decode(DeliveryID?.self, atIndex: 10) ?? DeliveryID(rawValue: report.deliveryID),
            lastReceivedAt: try row.decode(Timestamp?.self, atIndex: 11) ?? receivedAt,
            verification: Verification(rawValue: try row.decode(atIndex: 12)) ?? .failed,
            secretName: try row.decode(atIndex: 13), bodyByteCount: try row.decode(atIndex: 14),
            storedByteCount: try row.decode(Int?.self, atIndex: 15) ?? 0,
            bodySHA256: Array(try row.decode(Data?.self, atIndex: 16) ?? Data()),
            attemptNumber: try row.decode(Int?.self, atIndex: 17) ?? 1,
            isBodyPruned: try row.decode(Bool?.self, atIndex: 18) ?? false)
    }
}

extension Route {
    /// Reads a route from two columns; nil if the rule is NULL.
    init?(_ row: Row, rule: Int, topic: Int) throws {
        guard let rule = try row.decode(RouteRule?.self, atIndex: rule) else { return nil }
        self.init(rule: rule, topic: try row.decode(atIndex: topic))
    }
}
