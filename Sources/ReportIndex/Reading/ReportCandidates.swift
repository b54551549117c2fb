internal import Deliveries
internal import GRDB

/// The numbers of reports that may match, newest first, one by one, from the index that names the fewest.
///
/// | the filter has | index | cost |
/// |---|---|---|
/// | fields | `field`, a segment at a time | a look-up each 4096 deliveries, until there are enough |
/// | tests of fields | `field`, a segment at a time | the field's values of 4096 deliveries each, until there are enough |
/// | types, topics, … | `reportByCategory`, its categories merged | the rows that are wanted |
/// | a verification | `delivery`, each row | the rows that are gone through |
/// | nothing of these | `report` | the rows that are wanted |
struct ReportCandidates {
    /// With more categories than this, all reports are read instead.
    static let mergedCategoryLimit = 128

    private let db: Database
    private let source: Source
    private let tests: FieldTestIndex

    private enum Source {
        case fields(FieldCursor)
        case tests(FieldTestCursor)
        case merged(MergedCursor)
    }

    init(_ conditions: ReportConditions.Resolved, _ db: Database) throws {
        self.db = db
        tests = FieldTestIndex(conditions.tests)
        let range: StatementArguments = [conditions.arrivals.lowerBound, conditions.arrivals.upperBound]
        if let field = conditions.fields.first {
            source = .fields(FieldCursor(field, in: conditions.arrivals))
        } else if tests.canLead {
            source = .tests(FieldTestCursor(tests, in: conditions.arrivals))
        } else if let categoryIDs = conditions.categoryIDs, categoryIDs.count <= Self.mergedCategoryLimit {
            let cursors = try categoryIDs.map { id in
                try Int64.fetchCursor(
                    db,
                    sql: "SELECT id FROM report WHERE categoryId = \(id) AND id BETWEEN ? AND ? ORDER BY id DESC",
                    arguments: range)
            }
            source = .merged(try MergedCursor(cursors))
        } else if let originIDs = conditions.originIDs {
            let cursor = try Int64.fetchCursor(
                db,
                sql: """
                    SELECT report.id FROM delivery CROSS JOIN report
                        ON report.id BETWEEN delivery.id << 20 AND (delivery.id << 20) + \(ArrivalID.ordinalLimit)
                    WHERE delivery.id BETWEEN ? >> 20 AND ? >> 20
                        AND delivery.originId IN (\(originIDs.map(String.init).joined(separator: ", ")))
                        AND report.id BETWEEN ? AND ?
                    ORDER BY delivery.id DESC, report.id DESC
                    """, arguments: range + range)
            source = .merged(try MergedCursor([cursor]))
        } else {
            let cursor = try Int64.fetchCursor(
                db, sql: "SELECT id FROM report WHERE id BETWEEN ? AND ? ORDER BY id DESC", arguments: range)
            source = .merged(try MergedCursor([cursor]))
        }
    }

    func next() throws -> Int64? {
        while let id = try following() {
            if try tests.hold(ofReport: id, db) { return id }
        }
        return nil
    }

    private func following() throws -> Int64? {
        switch source {
        case .fields(let cursor): try cursor.next(db)
        case .tests(let cursor): try cursor.next(db)
        case .merged(let cursor): try cursor.next()
        }
    }
}

/// Goes through the segments of the field index from the newest to the oldest: the first alone, then more and more of them with
/// one statement, for what was not found by then is rare.
private final class FieldCursor {
    private static let groupCountLimit = 16

    private let field: ReportConditions.FieldCondition
    private let arrivals: ClosedRange<Int64>
    private var segment: Int64
    /// Segments that the next statement asks.
    private var groupCount = 1
    private var cursor: FastDatabaseValueCursor<Int64>?

    init(_ field: ReportConditions.FieldCondition, in arrivals: ClosedRange<Int64>) {
        self.field = field
        self.arrivals = arrivals
        self.segment = ArrivalID(rawValue: arrivals.upperBound).segment
    }

    func next(_ db: Database) throws -> Int64? {
        while true {
            if let id = try cursor?.next() { return id }
            guard segment >= ArrivalID(rawValue: arrivals.lowerBound).segment, segment >= 0 else { return nil }
            // Segments below the lowest are outside the range of arrivals.
            let group = (0..<groupCount).map { segment - Int64($0) }
            let statement = try db.cachedStatement(
                sql: """
                    SELECT DISTINCT reportId FROM field
                    WHERE segment IN (\(marks(group.count))) AND nameId = ? AND value IN (\(marks(field.values.count)))
                        AND reportId BETWEEN ? AND ?
                    ORDER BY reportId DESC
                    """)
            let arguments: StatementArguments =
                StatementArguments(group) + [field.nameID] + StatementArguments(field.values)
                + [arrivals.lowerBound, arrivals.upperBound]
            // The last use of the statement is over: its cursor was read to the end.
            cursor = try Int64.fetchCursor(statement, arguments: arguments)
            segment -= Int64(groupCount)
            groupCount = min(groupCount * 4, Self.groupCountLimit)
        }
    }

    private func marks(_ count: Int) -> String {
        repeatElement("?", count: count).joined(separator: ", ")
    }
}

/// Reads the reports that a test finds, from the newest segment to the oldest.
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

/// Several descending sequences as one.
final class MergedCursor {
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

/// Every arrival, newest first: reports and their repeats merged, or the candidates of an index with their repeats.
struct ArrivalList {
    private enum Source {
        case all(reports: MergedCursor, repeats: MergedCursor)
        case some(ArraySlice<(id: Int64, report: Int64)>)
    }

    private let db: Database
    private var source: Source
    private var report: Int64?
    private var anotherTime: Int64?

    init(_ filter: ReportFilter, _ conditions: ReportConditions.Resolved, _ db: Database) throws {
        self.db = db
        let arrivals = conditions.arrivals
        if !conditions.fields.isEmpty || !conditions.tests.isEmpty {
            // A repeat may arrive long after its report: the time limits apply to arrivals.
            var unbounded = filter
            (unbounded.since, unbounded.until, unbounded.before) = (nil, nil, nil)
            var found: [(id: Int64, report: Int64)] = []
            if let conditions = try ReportConditions(unbounded, db).resolved {
                let candidates = try ReportCandidates(conditions, db)
                while let report = try candidates.next() {
                    found.append((report, report))
                    for id in try Int64.fetchAll(
                        db.cachedStatement(sql: "SELECT id FROM attempt WHERE reportId = ?"), arguments: [report])
                    {
                        found.append((id, report))
                    }
                }
            }
            source = .some(found.filter { arrivals.contains($0.id) }.sorted { $0.id > $1.id }[...])
        } else {
            func cursor(_ table: String) throws -> MergedCursor {
                let cursor = try Int64.fetchCursor(
                    db, sql: "SELECT id FROM \(table) WHERE id BETWEEN ? AND ? ORDER BY id DESC",
                    arguments: [arrivals.lowerBound, arrivals.upperBound])
                return try MergedCursor([cursor])
            }
            let (reports, repeats) = (try cursor("report"), try cursor("attempt"))
            report = try reports.next()
            anotherTime = try repeats.next()
            source = .all(reports: reports, repeats: repeats)
        }
    }

    mutating func next() throws -> (id: Int64, report: Int64)? {
        switch source {
        case .some(var rest):
            let first = rest.popFirst()
            source = .some(rest)
            return first
        case .all(let reports, let repeats):
            if let id = report, id > anotherTime ?? -1 {
                report = try reports.next()
                return (id, id)
            }
            guard let id = anotherTime else { return nil }
            anotherTime = try repeats.next()
            let report = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT reportId FROM attempt WHERE id = ?"), arguments: [id])
            return (id, report ?? id)
        }
    }
}
