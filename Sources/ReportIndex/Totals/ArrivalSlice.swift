internal import Deliveries
internal import GRDB

/// The totals of neighbouring arrivals. Swift adds the rows: SQL would sort them first, which takes five times as long.
struct ArrivalSlice {
    /// The number of deliveries in one slice.
    private static let deliveryCount: Int64 = 50_000

    let totals: [ArrivalKey: ArrivalTotals]
    let last: Int64

    /// Reads the next slice; nil if no arrivals are left.
    static func read(
        from first: Int64, through upperBound: Int64, _ filter: ReportFilter, _ slots: TimeSlots, _ db: Database
    ) throws -> ArrivalSlice? {
        let start = try Int64.fetchOne(
            db,
            sql: """
                SELECT min(id) FROM (
                    SELECT (SELECT min(id) FROM report WHERE id BETWEEN ?1 AND ?2) AS id
                    UNION ALL SELECT (SELECT min(id) FROM attempt WHERE id BETWEEN ?1 AND ?2))
                """, arguments: [first, upperBound])
        guard let start, let conditions = try ReportConditions(filter, db) else { return nil }
        let (end, overflow) = start.addingReportingOverflow(ArrivalID(deliveryCount, 0).rawValue)
        let last = min(overflow ? .max : end, upperBound)
        var sums: [Group: ArrivalTotals] = [:]
        try add(Self.firstSQL, 1, conditions, start...last, slots, &sums, db)
        try add(Self.repeatSQL, 0, conditions, start...last, slots, &sums, db)
        return ArrivalSlice(totals: try named(sums, db), last: last)
    }

    private struct Group: Hashable {
        let category: Int64
        let origin: Int64
        let slot: Int64
    }

    // Limits lengths to a terabyte, because a damaged row may contain any number.
    private static let firstSQL = sql("report", of: "report")
    private static let repeatSQL = sql("attempt", of: "attempt CROSS JOIN report ON report.id = attempt.reportId")

    private static func sql(_ arrival: String, of tables: String) -> String {
        """
        SELECT report.categoryId, delivery.originId, delivery.receivedAtMilliseconds,
            CASE WHEN \(arrival).id & 1048575 = 1 THEN min(max(delivery.byteCount, 0), 1099511627776) ELSE 0 END,
            CASE WHEN \(arrival).id & 1048575 = 1 THEN coalesce(length(entry.body), 0) ELSE 0 END
        FROM \(tables) CROSS JOIN delivery ON delivery.id = \(arrival).id >> 20
            LEFT JOIN entry ON entry.position = delivery.id
        WHERE \(arrival).id BETWEEN ? AND ? AND
        """
    }

    private static func add(
        _ sql: String, _ reportCount: Int64, _ conditions: ReportConditions, _ range: ClosedRange<Int64>,
        _ slots: TimeSlots, _ sums: inout [Group: ArrivalTotals], _ db: Database
    ) throws {
        let cursor = try Row.fetchCursor(
            db, sql: "\(sql) \(conditions.sql)",
            arguments: [range.lowerBound, range.upperBound] + conditions.arguments)
        while let row = try cursor.next() {
            // In a damaged file any column may be NULL.
            let category: Int64? = row[0]
            let origin: Int64? = row[1]
            let time: Int64? = row[2]
            let bodyByteCount: Int64? = row[3]
            let storedByteCount: Int64? = row[4]
            guard let category, let origin, let time else { continue }
            let moment = Timestamp(millisecondsSinceEpoch: time)
            let group = Group(category: category, origin: origin, slot: slots.slot(of: moment))
            sums[group, default: ArrivalTotals()] += ArrivalTotals(
                isFirst: reportCount > 0, bodyByteCount: bodyByteCount ?? 0, storedByteCount: storedByteCount ?? 0,
                at: moment)
        }
    }

    /// The totals by the names of categories. Omits groups without a category, which occur only in damaged files.
    private static func named(_ sums: [Group: ArrivalTotals], _ db: Database) throws -> [ArrivalKey: ArrivalTotals] {
        var verifications: [Int64: Verification] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT id, verification FROM origin") {
            let text = try row.decode(String?.self, atIndex: 1)
            verifications[try row.decode(atIndex: 0)] = text.flatMap(Verification.init)
        }
        var totals: [ArrivalKey: ArrivalTotals] = [:]
        let categories = Dictionary(grouping: sums, by: \.key.category)
        for row in try Row.fetchAll(db, sql: "SELECT id, source, provider, type, rule, topic FROM category") {
            let route = try Route(row, rule: 4, topic: 5)
            for (group, sum) in categories[try row.decode(atIndex: 0)] ?? [] {
                let key = ArrivalKey(
                    source: try row.decode(atIndex: 1), provider: try row.decode(atIndex: 2),
                    type: try row.decode(atIndex: 3), route: route,
                    verification: verifications[group.origin] ?? .failed, slot: group.slot)
                totals[key, default: ArrivalTotals()] += sum
            }
        }
        return totals
    }
}
