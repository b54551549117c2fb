internal import Deliveries
internal import GRDB

/// Which reports a field's test finds, a segment of the index at a time: every value of the field is looked at, for the order
/// of the index says nothing of numbers and expressions.
final class FieldTestIndex {
    private let tests: [ReportConditions.FieldTestCondition]
    private var segment: Int64?
    /// By test, the reports of the segment that it finds.
    private var found: [Set<Int64>] = []

    init(_ tests: [ReportConditions.FieldTestCondition]) {
        self.tests = tests
    }

    /// Whether there is a test that finds reports, rather than one that rules them out.
    var canLead: Bool {
        leader != nil
    }

    /// Whether all tests hold of a report. Reports of one segment should be asked for one after the other.
    func hold(ofReport id: Int64, _ db: Database) throws -> Bool {
        guard !tests.isEmpty else { return true }
        try load(ArrivalID(rawValue: id).segment, db)
        return zip(tests, found).allSatisfy { $0.test.relation.isNegative != $1.contains(id) }
    }

    /// The reports of a segment that the first test finds, newest first.
    func leading(in segment: Int64, _ db: Database) throws -> [Int64] {
        guard let leader else { return [] }
        try load(segment, db)
        return found[leader].sorted(by: >)
    }

    private var leader: Int? {
        tests.firstIndex { !$0.test.relation.isNegative }
    }

    private func load(_ segment: Int64, _ db: Database) throws {
        guard segment != self.segment else { return }
        found = try tests.map { condition in
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: "SELECT value, reportId FROM field WHERE segment = ? AND nameId = ?"),
                arguments: [segment, condition.nameID])
            var reports: Set<Int64> = []
            // Equal values follow each other.
            var last: (value: DatabaseValue, isFound: Bool)?
            while let row = try rows.next() {
                let value: DatabaseValue = try row.decode(atIndex: 0)
                if value != last?.value {
                    last = (value, FieldValue(value).map { condition.test.finds($0.text) } ?? false)
                }
                if last?.isFound == true { reports.insert(try row.decode(atIndex: 1)) }
            }
            return reports
        }
        self.segment = segment
    }
}
