internal import Deliveries
internal import GRDB

/// The latest report of each type and value of some fields, by the provider's time if there is one.
struct LatestReports {
    private let families: [IdentityFamily]
    private let conditions: ReportConditions.Resolved
    private let among: [Int64]?

    /// - Parameter among: the reports that count, in descending order; nil for all that meet the conditions.
    init(per families: [IdentityFamily], _ conditions: ReportConditions.Resolved, among: [Int64]?) {
        self.families = families
        self.conditions = conditions
        self.among = among
    }

    /// The latest first. Reads every report that matches: the latest of each can be anywhere.
    func ids(_ db: Database) throws -> [Int64] {
        guard !families.isEmpty else { return [] }
        let fieldNames = families.flatMap(\.fieldNames)
        let meanings = families.map { family in
            "fieldName.name IN (\(Self.marks(family.fieldNames)))"
                + (family.api == nil ? "" : " AND category.provider = ?")
        }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT report.id, \(ReportDetails.timeSQL) AS time, field.value, category.type
                FROM field JOIN fieldName ON fieldName.id = field.nameId JOIN report ON report.id = field.reportId
                    JOIN category ON category.id = report.categoryId JOIN delivery ON delivery.id = report.id >> 20
                WHERE fieldName.name IN (\(Self.marks(fieldNames))) AND (\(meanings.joined(separator: " OR ")))
                    AND report.id BETWEEN ? AND ? AND \(conditions.sql)
                ORDER BY field.value, category.type, time DESC, report.id DESC
                """,
            arguments: StatementArguments(fieldNames + families.flatMap { $0.fieldNames + ($0.api.map { [$0] } ?? []) })
                + [conditions.arrivals.lowerBound, conditions.arrivals.upperBound] + conditions.arguments)
        var latest: [Int64: Int64] = [:]
        var last: (value: DatabaseValue, type: String)?
        while let row = try rows.next() {
            let key: (value: DatabaseValue, type: String) = (try row.decode(atIndex: 2), try row.decode(atIndex: 3))
            let id: Int64 = try row.decode(atIndex: 0)
            guard last.map({ $0 != key }) ?? true, counts(id) else { continue }
            last = key
            latest[id] = try row.decode(atIndex: 1)
        }
        return latest.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.map(\.key)
    }

    private static func marks(_ values: [String]) -> String {
        values.map { _ in "?" }.joined(separator: ", ")
    }

    private func counts(_ id: Int64) -> Bool {
        guard let among else { return true }
        var (low, high) = (0, among.count)
        while low < high {
            let middle = low + (high - low) / 2
            if among[middle] == id { return true }
            if among[middle] > id { low = middle + 1 } else { high = middle }
        }
        return false
    }
}
