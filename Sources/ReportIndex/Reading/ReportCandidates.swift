internal import Deliveries
internal import GRDB

/// The reports that may match, one by one, newest first. Uses the index that yields the fewest candidates.
///
/// | filter | index | cost |
/// |---|---|---|
/// | fields | `field`, one segment at a time | one lookup per 4,096 deliveries until the limit |
/// | tests of fields | `field`, one segment at a time | all values of 4,096 deliveries at a time until the limit |
/// | types, topics, … | `reportByCategory`, merging the categories | the rows up to the limit |
/// | a verification | `delivery` | each row until the limit |
/// | other | `report` | the rows up to the limit |
struct ReportCandidates {
    /// The maximum number of categories to merge. With more categories, all reports are read instead.
    static let mergedCategoryLimit = 128

    private let db: Database
    private let following: () throws -> Int64?
    private let tests: FieldTestIndex

    init(_ conditions: ReportConditions, _ db: Database) throws {
        self.db = db
        let tests = FieldTestIndex(conditions.tests)
        self.tests = tests
        let arrivals = conditions.arrivals
        let range: StatementArguments = [arrivals.lowerBound, arrivals.upperBound]
        func cursor(_ sql: String, _ arguments: StatementArguments) throws -> FastDatabaseValueCursor<Int64> {
            try Int64.fetchCursor(db, sql: sql, arguments: arguments)
        }
        if let field = conditions.fields.first {
            let cursor = FieldCursor(field, in: arrivals)
            following = { try cursor.next(db) }
        } else if tests.canLead {
            let cursor = FieldTestCursor(tests, in: arrivals)
            following = { try cursor.next(db) }
        } else if let ids = conditions.categoryIDs, ids.count <= Self.mergedCategoryLimit {
            let merged = try MergedCursor(
                ids.map {
                    try cursor(
                        "SELECT id FROM report WHERE categoryId = \($0) AND id BETWEEN ? AND ? ORDER BY id DESC", range)
                })
            following = merged.next
        } else if let ids = conditions.originIDs {
            following = try cursor(
                """
                SELECT report.id FROM delivery CROSS JOIN report
                    ON report.id BETWEEN delivery.id << 20 AND (delivery.id << 20) + \(ArrivalID.ordinalLimit)
                WHERE delivery.id BETWEEN ? >> 20 AND ? >> 20
                    AND delivery.originId IN (\(ids.map(String.init).joined(separator: ", ")))
                    AND report.id BETWEEN ? AND ?
                ORDER BY delivery.id DESC, report.id DESC
                """, range + range
            ).next
        } else {
            following = try cursor("SELECT id FROM report WHERE id BETWEEN ? AND ? ORDER BY id DESC", range).next
        }
    }

    func next() throws -> Int64? {
        while let id = try following() {
            if try tests.hold(ofReport: id, db) { return id }
        }
        return nil
    }
}

/// Reads the reports with a field value from the newest segment to the oldest. Reads the first segment alone, then
/// several segments per statement, because a value that is missing from the first segment is probably rare.
private final class FieldCursor {
    private static let groupCountLimit = 16

    private let field: ReportConditions.Field
    private let arrivals: ClosedRange<Int64>
    private var segment: Int64
    private var groupCount = 1
    private var cursor: FastDatabaseValueCursor<Int64>?

    init(_ field: ReportConditions.Field, in arrivals: ClosedRange<Int64>) {
        self.field = field
        self.arrivals = arrivals
        self.segment = ArrivalID(rawValue: arrivals.upperBound).segment
    }

    func next(_ db: Database) throws -> Int64? {
        while true {
            if let id = try cursor?.next() { return id }
            guard segment >= ArrivalID(rawValue: arrivals.lowerBound).segment, segment >= 0 else { return nil }
            // The group may extend below the lowest segment of the range; the condition on arrivals excludes the extra
            // rows.
            let group = (0..<groupCount).map { segment - Int64($0) }
            let parts = field.tables.map {
                """
                SELECT DISTINCT reportId FROM \($0)
                WHERE segment IN (\(marks(group.count))) AND \(field.sql) AND reportId BETWEEN ? AND ?
                """
            }
            let statement = try db.cachedStatement(sql: parts.joined(separator: " UNION ") + " ORDER BY reportId DESC")
            let part =
                StatementArguments(group) + field.arguments + [arrivals.lowerBound, arrivals.upperBound]
            let arguments = parts.reduce(StatementArguments()) { arguments, _ in arguments + part }
            // The statement can be used again, because its previous cursor was read to the end.
            cursor = try Int64.fetchCursor(statement, arguments: arguments)
            segment -= Int64(groupCount)
            groupCount = min(groupCount * 4, Self.groupCountLimit)
        }
    }
}

/// Reads the reports that match a test from the newest segment to the oldest.
private final class FieldTestCursor {
    private let tests: FieldTestIndex
    private let arrivals: ClosedRange<Int64>
    private var segment: Int64
    private var found: ArraySlice<Int64> = []

    init(_ tests: FieldTestIndex, in arrivals: ClosedRange<Int64>) {
        self.tests = tests
        self.arrivals = arrivals
        self.segment = ArrivalID(rawValue: arrivals.upperBound).segment
    }

    func next(_ db: Database) throws -> Int64? {
        while true {
            while let id = found.popFirst() {
                if arrivals.contains(id) { return id }
            }
            guard segment >= ArrivalID(rawValue: arrivals.lowerBound).segment, segment >= 0 else { return nil }
            found = try tests.leading(in: segment, db)[...]
            segment -= 1
        }
    }
}

/// Merges several descending sequences.
private final class MergedCursor {
    private var heads: [(next: Int64, cursor: FastDatabaseValueCursor<Int64>)] = []

    init(_ cursors: [FastDatabaseValueCursor<Int64>]) throws {
        for cursor in cursors {
            if let first = try cursor.next() { heads.append((first, cursor)) }
        }
    }

    func next() throws -> Int64? {
        guard let place = heads.indices.max(by: { heads[$0].next < heads[$1].next }) else { return nil }
        let value = heads[place].next
        if let following = try heads[place].cursor.next() {
            heads[place].next = following
        } else {
            heads.remove(at: place)
        }
        return value
    }
}

/// All arrivals with their reports, newest first.
struct ArrivalList {
    private let following: () throws -> (id: Int64, report: Int64)?

    init(_ filter: ReportFilter, _ conditions: ReportConditions, _ db: Database) throws {
        guard conditions.fields.isEmpty, conditions.tests.isEmpty else {
            var found = try Self.arrivals(ofCandidates: filter, db).filter { conditions.arrivals.contains($0.id) }
                .sorted { $0.id < $1.id }
            following = { found.popLast() }
            return
        }
        let range: StatementArguments = [conditions.arrivals.lowerBound, conditions.arrivals.upperBound]
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, id FROM report WHERE id BETWEEN ? AND ?
                UNION ALL SELECT id, reportId FROM attempt WHERE id BETWEEN ? AND ? ORDER BY 1 DESC
                """, arguments: range + range)
        following = { try cursor.next().map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) } }
    }

    func next() throws -> (id: Int64, report: Int64)? {
        try following()
    }

    /// The arrivals of candidates. Time limits apply to each arrival, because a repeat may arrive long after the first
    /// arrival.
    private static func arrivals(
        ofCandidates filter: ReportFilter, _ db: Database
    ) throws -> [(id: Int64, report: Int64)] {
        var filter = filter
        (filter.since, filter.until, filter.before) = (nil, nil, nil)
        guard let conditions = try ReportConditions(filter, db) else { return [] }
        let candidates = try ReportCandidates(conditions, db)
        var found: [(id: Int64, report: Int64)] = []
        while let report = try candidates.next() {
            found.append((report, report))
            let repeats = try Int64.fetchAll(
                db.cachedStatement(sql: "SELECT id FROM attempt WHERE reportId = ?"), arguments: [report])
            found += repeats.map { ($0, report) }
        }
        return found
    }
}
