internal import Deliveries
internal import GRDB

/// The numbers of reports that may match, newest first, one by one, from the index that names the fewest.
///
/// | the filter has | index | cost |
/// |---|---|---|
/// | fields | `field`, a segment at a time | a look-up each 16384 deliveries, until there are enough |
/// | kinds, boxes, … | `reportByCategory`, its categories merged | the rows that are wanted |
/// | neither | `report` | the rows that are wanted |
struct ReportCandidates {
    /// More categories than this are not merged: the reports are gone through instead.
    private static let mergedCategoryLimit = 128

    private let db: Database
    private let source: Source

    private enum Source {
        case fields(FieldWalk)
        case merged(MergedCursor)
    }

    init(_ conditions: ReportConditions.Resolved, _ db: Database) throws {
        self.db = db
        let range: StatementArguments = [conditions.arrivals.lowerBound, conditions.arrivals.upperBound]
        if let field = conditions.fields.first {
            source = .fields(FieldWalk(field, in: conditions.arrivals))
        } else if let categoryIDs = conditions.categoryIDs, categoryIDs.count <= Self.mergedCategoryLimit {
            let cursors = try categoryIDs.map { id in
                try Int64.fetchCursor(
                    db,
                    sql: "SELECT id FROM report WHERE categoryId = \(id) AND id BETWEEN ? AND ? ORDER BY id DESC",
                    arguments: range)
            }
            source = .merged(try MergedCursor(cursors))
        } else {
            let cursor = try Int64.fetchCursor(
                db, sql: "SELECT id FROM report WHERE id BETWEEN ? AND ? ORDER BY id DESC", arguments: range)
            source = .merged(try MergedCursor([cursor]))
        }
    }

    mutating func next() throws -> Int64? {
        switch source {
        case .fields(let walk): try walk.next(db)
        case .merged(let cursor): try cursor.next()
        }
    }
}

/// Goes through the segments of the field index from the newest to the oldest.
private final class FieldWalk {
    private let field: ReportConditions.FieldCondition
    private let arrivals: ClosedRange<Int64>
    private var segment: Int64
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
            let marks = field.values.map { _ in "?" }.joined(separator: ", ")
            let statement = try db.cachedStatement(
                sql: """
                    SELECT DISTINCT reportId FROM field
                    WHERE segment = ? AND nameId = ? AND value IN (\(marks)) AND reportId BETWEEN ? AND ?
                    ORDER BY reportId DESC
                    """)
            let arguments: StatementArguments =
                [segment, field.nameID] + StatementArguments(field.values)
                + [arrivals.lowerBound, arrivals.upperBound]
            // The last use of the statement is over: its cursor was read to the end.
            cursor = try Int64.fetchCursor(statement, arguments: arguments)
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
