internal import Deliveries
internal import GRDB
internal import TextForms

/// A filter as SQL over `report`, `category` and the `delivery` row of an arrival. Values are always bound as
/// parameters.
struct ReportConditions {
    let sql: String
    let arguments: StatementArguments
    /// The IDs of matching categories; nil if the filter has no condition on categories.
    let categoryIDs: [Int64]?
    /// The IDs of matching origins; nil if the filter has no condition on origins.
    let originIDs: [Int64]?
    let fields: [Field]
    let tests: [Test]
    /// A range that contains all matching arrivals.
    let arrivals: ClosedRange<Int64>
    /// True if `sql` contains only the condition on categories, which every candidate already meets.
    let isKnownByCandidates: Bool

    struct Field {
        let nameIDs: [Int64]
        let values: [DatabaseValue]
        /// The tables to search. A search that matches all spellings also needs the table of folded values.
        let tables: [String]

        fileprivate init(_ nameIDs: [Int64], _ values: [String], folds: Bool) {
            self.nameIDs = nameIDs
            self.values = values.map { FieldValue(folds ? TextFolding.key($0) : $0).databaseValue }
            tables = folds ? ["field", "fieldKey"] : ["field"]
        }

        /// A condition on the rows of any of the tables.
        var sql: String { "nameId IN (\(marks(nameIDs.count))) AND value IN (\(marks(values.count)))" }
        var arguments: StatementArguments { StatementArguments(nameIDs) + StatementArguments(values) }
    }

    struct Test {
        let nameIDs: [Int64]
        let test: ValueTest
    }

    /// Nil if no report can match, because the filter names a value that the archive does not contain.
    ///
    /// - Parameter part: limits the conditions to a range of arrivals.
    init?(_ filter: ReportFilter, within part: ClosedRange<Int64>? = nil, _ db: Database) throws {
        guard let arrivals = try Self.arrivals(filter, part, db) else { return nil }
        self.arrivals = arrivals
        var conditions = SQLConditions()
        categoryIDs = try Self.categoryIDs(filter, db)
        originIDs = try Self.originIDs(filter, db)
        for (column, ids) in [("report.categoryId", categoryIDs), ("delivery.originId", originIDs)] {
            guard let ids else { continue }
            guard !ids.isEmpty else { return nil }
            conditions.add("\(column) IN (\(ids.map(String.init).joined(separator: ", ")))")
        }
        if let since = filter.since { conditions.add("delivery.receivedAtMilliseconds >= ?", [since]) }
        if let until = filter.until { conditions.add("delivery.receivedAtMilliseconds < ?", [until]) }
        var fields: [Field] = []
        for name in filter.fields.map({ ByteText($0.name) }).uniqued() {
            let values = filter.fields.filter { ByteText($0.name) == name }.map(\.value)
            let ids = try Self.nameIDs(name.text, filter, db)
            guard !ids.isEmpty else { return nil }
            let field = Field(ids, values, folds: filter.folds)
            fields.append(field)
            let parts = field.tables.map {
                "EXISTS (SELECT 1 FROM \($0) WHERE segment = report.id >> 32 AND \(field.sql) AND reportId = report.id)"
            }
            conditions.add(
                "(\(parts.joined(separator: " OR ")))", parts.reduce([]) { arguments, _ in arguments + field.arguments }
            )
        }
        var tests: [Test] = []
        for condition in filter.fieldTests {
            let ids = try Self.nameIDs(condition.name, filter, db)
            guard !ids.isEmpty || condition.test.relation.isNegative else { return nil }
            if !ids.isEmpty { tests.append(Test(nameIDs: ids, test: condition.test)) }
        }
        (sql, arguments) = (conditions.sql, conditions.arguments)
        self.fields = fields
        self.tests = tests
        isKnownByCandidates =
            !filter.listsAttempts && fields.isEmpty && tests.isEmpty && filter.since == nil && filter.until == nil
            && filter.verifications.isEmpty && categoryIDs?.count ?? 0 <= ReportCandidates.mergedCategoryLimit
    }

    private static func arrivals(
        _ filter: ReportFilter, _ part: ClosedRange<Int64>?, _ db: Database
    ) throws -> ClosedRange<Int64>? {
        // Uses the highest existing arrival, because a damaged file may have an extreme cursor.
        let greatest = try Int64.fetchOne(
            db, sql: "SELECT max(coalesce((SELECT max(id) FROM report), 0), coalesce((SELECT max(id) FROM attempt), 0))"
        )
        var first: Int64 = 0
        var last = min(try IndexState.firstUnindexedArrival(db).rawValue - 1, greatest ?? 0)
        if filter.since != nil || filter.until != nil {
            guard let range = try TimeSpan.deliveries(since: filter.since, until: filter.until, db) else { return nil }
            first = ArrivalID.range(range).lowerBound
            last = min(last, ArrivalID.range(range).upperBound)
        }
        if let before = filter.before { last = min(last, max(before.rawValue, 0) - 1) }
        if let part { (first, last) = (max(first, part.lowerBound), min(last, part.upperBound)) }
        return first <= last ? first...last : nil
    }

    static func nameID(_ name: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM fieldName WHERE name = ?"), arguments: [name.bindable])
    }

    private static func nameIDs(_ name: String, _ filter: ReportFilter, _ db: Database) throws -> [Int64] {
        guard filter.folds else { return try nameID(name, db).map { [$0] } ?? [] }
        return try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM fieldName WHERE key = ? ORDER BY id"),
            arguments: [TextFolding.fold(name.bindable)])
    }

    /// The values in a column of `category` that match the names in a filter.
    private static func names(
        _ column: String, _ names: [String], _ filter: ReportFilter, _ db: Database
    ) throws -> [String] {
        guard filter.folds, !names.isEmpty else { return names }
        let keys = Set(names.map { ByteText(TextFolding.fold($0)) })
        let known = try String.fetchAll(db, sql: "SELECT DISTINCT \(column) FROM category WHERE \(column) IS NOT NULL")
        return names + known.filter { keys.contains(ByteText(TextFolding.fold($0))) }
    }

    private static func originIDs(_ filter: ReportFilter, _ db: Database) throws -> [Int64]? {
        guard !filter.verifications.isEmpty else { return nil }
        return try Int64.fetchAll(
            db,
            sql: "SELECT id FROM origin WHERE verification IN (\(marks(filter.verifications.count))) ORDER BY id",
            arguments: StatementArguments(filter.verifications))
    }

    /// The categories that match a filter. There are few categories, so the filter is applied to them instead of to
    /// each report.
    private static func categoryIDs(_ filter: ReportFilter, _ db: Database) throws -> [Int64]? {
        var conditions = SQLConditions()
        conditions.add("provider", in: filter.providers)
        conditions.add("source", in: filter.sources)
        conditions.add("type", in: try names("type", filter.types, filter, db))
        conditions.add("topic", in: try names("topic", filter.topics, filter, db))
        if filter.isUnrouted { conditions.add("rule IS NULL") }
        guard !conditions.isEmpty else { return nil }
        return try Int64.fetchAll(
            db, sql: "SELECT id FROM category WHERE \(conditions.sql) ORDER BY id", arguments: conditions.arguments)
    }
}

/// SQL conditions that must all be true, with their arguments.
struct SQLConditions {
    private var parts: [String] = []
    private(set) var arguments = StatementArguments()

    var isEmpty: Bool { parts.isEmpty }

    var sql: String { isEmpty ? "TRUE" : parts.joined(separator: " AND ") }

    mutating func add(_ condition: String, _ arguments: StatementArguments = []) {
        parts.append(condition)
        self.arguments += arguments
    }

    /// Adds a condition. If `values` is empty, adds no condition, so every row passes.
    mutating func add(_ column: String, in values: [some DatabaseValueConvertible]) {
        guard !values.isEmpty else { return }
        add("\(column) IN (\(marks(values.count)))", StatementArguments(values))
    }
}
