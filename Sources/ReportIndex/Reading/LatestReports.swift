internal import Deliveries
internal import GRDB

/// The latest report of each combination of a type and the values of some fields. Compares by the provider's time if
/// there is one.
struct LatestReports {
    let families: [IdentityFamily]
    let conditions: ReportConditions
    /// The reports to consider; nil for all reports that meet the conditions.
    let among: Set<Int64>?

    /// The IDs of the latest reports, newest first. Reads all matching reports.
    func ids(_ db: Database) throws -> [Int64] {
        guard !families.isEmpty else { return [] }
        let fieldNames = families.flatMap(\.fieldNames)
        let meanings = families.map { family in
            "fieldName.name IN (\(marks(family.fieldNames.count)))"
                + (family.api == nil ? "" : " AND category.provider = ?")
        }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT report.id, \(ReportDetails.timeSQL) AS time, field.value, category.type
                FROM field JOIN fieldName ON fieldName.id = field.nameId JOIN report ON report.id = field.reportId
                    JOIN category ON category.id = report.categoryId JOIN delivery ON delivery.id = report.id >> 20
                WHERE fieldName.name IN (\(marks(fieldNames.count))) AND (\(meanings.joined(separator: " OR ")))
                    AND report.id BETWEEN ? AND ? AND \(conditions.sql)
                ORDER BY field.value, category.type, time DESC, report.id DESC
                """,
            arguments: StatementArguments(fieldNames + families.flatMap { $0.fieldNames + ($0.api.map { [$0] } ?? []) })
                + [conditions.arrivals.lowerBound, conditions.arrivals.upperBound] + conditions.arguments)
        var latest: [Int64: Int64] = [:]
        var last: (value: FieldValue?, type: ByteText)?
        while let row = try rows.next() {
            let key = (
                value: FieldValue(stored: try row.decode(atIndex: 2)), type: ByteText(try row.decode(atIndex: 3))
            )
            let id: Int64 = try row.decode(atIndex: 0)
            guard last.map({ $0 != key }) ?? true, among?.contains(id) ?? true else { continue }
            last = key
            latest[id] = try row.decode(atIndex: 1)
        }
        return latest.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.map(\.key)
    }
}
