internal import Deliveries
internal import GRDB

/// A filter as SQL over `report`, `category` and the `delivery` row of an arrival. Values are always bound, never written into
/// the text.
struct ReportConditions {
    /// Nil if the filter names something that the archive does not have: then nothing matches.
    let resolved: Resolved?

    struct Resolved {
        let sql: String
        let arguments: StatementArguments
        /// The categories that match; nil without a condition on them.
        let categoryIDs: [Int64]?
        /// The origins that match; nil without a condition on them.
        let originIDs: [Int64]?
        let fields: [FieldCondition]
        let tests: [FieldTestCondition]
        /// Arrivals among which are all that match.
        let arrivals: ClosedRange<Int64>
        /// Whether `sql` says no more than the categories do.
        let isKnownByCandidates: Bool
    }

    /// A field's name and the values that will do.
    struct FieldCondition {
        let nameID: Int64
        let values: [DatabaseValue]
    }

    /// A field's name and the test of its values.
    struct FieldTestCondition {
        let nameID: Int64
        let test: ValueTest
    }

    /// - Parameter part: arrivals outside of it are left out.
    init(_ filter: ReportFilter, within part: ClosedRange<Int64>? = nil, _ db: Database) throws {
        resolved = try Self.resolve(filter, part, db)
    }

    private static func resolve(
        _ filter: ReportFilter, _ part: ClosedRange<Int64>?, _ db: Database
    ) throws -> Resolved? {
        let end = try IndexState.firstUnindexedArrival(db)
        // No further than there is anything, whatever a damaged cursor says.
        let greatest = try Int64.fetchOne(
            db, sql: "SELECT max(coalesce((SELECT max(id) FROM report), 0), coalesce((SELECT max(id) FROM attempt), 0))"
        )
        var last = min(end.rawValue - 1, greatest ?? 0)
        var first: Int64 = 0
        if filter.since != nil || filter.until != nil {
            guard let range = try TimeSpan.deliveries(since: filter.since, until: filter.until, db) else { return nil }
            first = ArrivalID(range.lowerBound, 0).rawValue
            last = min(last, ArrivalID(range.upperBound + 1, 0).rawValue - 1)
        }
        if let before = filter.before { last = min(last, max(before.rawValue, 0) - 1) }
        if let part { (first, last) = (max(first, part.lowerBound), min(last, part.upperBound)) }
        guard first <= last else { return nil }

        var conditions: [String] = []
        var arguments = StatementArguments()
        let categoryIDs = try categoryIDs(filter, db)
        if let categoryIDs {
            guard !categoryIDs.isEmpty else { return nil }
            conditions.append("report.categoryId IN (\(categoryIDs.map(String.init).joined(separator: ", ")))")
        }
        if let since = filter.since {
            conditions.append("delivery.receivedAtMilliseconds >= ?")
            arguments += [since.millisecondsSinceEpoch]
        }
        if let until = filter.until {
            conditions.append("delivery.receivedAtMilliseconds < ?")
            arguments += [until.millisecondsSinceEpoch]
        }
        let originIDs = try originIDs(filter, db)
        if let originIDs {
            guard !originIDs.isEmpty else { return nil }
            conditions.append("delivery.originId IN (\(originIDs.map(String.init).joined(separator: ", ")))")
        }
        var fields: [FieldCondition] = []
        for name in filter.fields.map({ ByteText($0.name) }).uniqued() {
            let values = filter.fields.filter { ByteText($0.name) == name }.map { FieldValue($0.value).databaseValue }
            guard let id = try nameID(name.text, db) else { return nil }
            fields.append(FieldCondition(nameID: id, values: values))
            conditions.append(
                """
                EXISTS (
                    SELECT 1 FROM field WHERE field.segment = report.id >> 32 AND field.nameId = ?
                        AND field.value IN (\(marks(values.count))) AND field.reportId = report.id
                )
                """)
            arguments += [id]
            arguments += StatementArguments(values)
        }
        var tests: [FieldTestCondition] = []
        for condition in filter.fieldTests {
            if let id = try nameID(condition.name, db) {
                tests.append(FieldTestCondition(nameID: id, test: condition.test))
            } else if !condition.test.relation.isNegative {
                return nil
            }
        }
        let sql = conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ")
        return Resolved(
            sql: sql, arguments: arguments, categoryIDs: categoryIDs, originIDs: originIDs, fields: fields,
            tests: tests,
            arrivals: first...last,
            isKnownByCandidates: !filter.listsAttempts && fields.isEmpty && tests.isEmpty && filter.since == nil
                && filter.until == nil && filter.verifications.isEmpty
                && categoryIDs?.count ?? 0 <= ReportCandidates.mergedCategoryLimit)
    }

    private static func nameID(_ name: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM fieldName WHERE name = ?"), arguments: [name.bindable])
    }

    private static func marks(_ count: Int) -> String {
        Array(repeating: "?", count: count).joined(separator: ", ")
    }

    /// The origins are few as well.
    private static func originIDs(_ filter: ReportFilter, _ db: Database) throws -> [Int64]? {
        guard !filter.verifications.isEmpty else { return nil }
        return try Int64.fetchAll(
            db,
            sql: "SELECT id FROM origin WHERE verification IN (\(marks(filter.verifications.count))) ORDER BY id",
            arguments: StatementArguments(filter.verifications.map(\.rawValue)))
    }

    /// The categories are few, so the filter is applied to them instead of to the reports.
    private static func categoryIDs(_ filter: ReportFilter, _ db: Database) throws -> [Int64]? {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func anyOf(_ column: String, _ values: [String]) {
            guard !values.isEmpty else { return }
            conditions.append("\(column) IN (\(marks(values.count)))")
            arguments += StatementArguments(values)
        }
        anyOf("provider", filter.providers)
        anyOf("source", filter.sources)
        anyOf("type", filter.types)
        anyOf("topic", filter.topics)
        if filter.isUnrouted { conditions.append("rule IS NULL") }
        guard !conditions.isEmpty else { return nil }
        return try Int64.fetchAll(
            db, sql: "SELECT id FROM category WHERE \(conditions.joined(separator: " AND ")) ORDER BY id",
            arguments: arguments)
    }
}
