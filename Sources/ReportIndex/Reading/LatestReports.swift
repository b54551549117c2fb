internal import GRDB

/// The latest report of each link, case or person and type, by the provider's time if there is one.
struct LatestReports {
    private let subject: ReportSubject
    private let conditions: ReportConditions.Resolved
    private let among: [Int64]?

    /// - Parameter among: the reports that count, in descending order; nil for all that meet the conditions.
    init(per subject: ReportSubject, _ conditions: ReportConditions.Resolved, among: [Int64]?) {
        self.subject = subject
        self.conditions = conditions
        self.among = among
    }

    /// The latest first. Reads every report that matches: the latest of each can be anywhere.
    func ids(_ db: Database) throws -> [Int64] {
        let names = subject.fieldNames.map { _ in "?" }.joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT report.id, \(ReportDetails.timeSQL) AS time, field.value, category.type
                FROM field JOIN fieldName ON fieldName.id = field.nameId JOIN report ON report.id = field.reportId
                    JOIN category ON category.id = report.categoryId JOIN delivery ON delivery.id = report.id >> 20
                WHERE fieldName.name IN (\(names)) AND \(ReportSubject.identifyingSQL)
                    AND report.id BETWEEN ? AND ? AND \(conditions.sql)
                ORDER BY field.value, category.type, time DESC, report.id DESC
                """,
            arguments: StatementArguments(subject.fieldNames)
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
