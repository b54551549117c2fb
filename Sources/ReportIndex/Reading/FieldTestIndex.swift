internal import Deliveries
internal import GRDB
internal import TextForms

/// Finds the reports that meet tests of fields, one segment at a time. Every value of the field is tested, because the
/// index orders values by their bytes, not as numbers.
final class FieldTestIndex {
    private let tests: [ReportConditions.Test]
    private var segment: Int64?
    /// For each test, the reports of the segment that it finds.
    private var found: [Set<Int64>] = []
    /// The first test that finds reports instead of excluding them.
    private let leader: Int?

    init(_ tests: [ReportConditions.Test]) {
        self.tests = tests
        leader = tests.firstIndex { !$0.test.relation.isNegative }
    }

    var canLead: Bool {
        leader != nil
    }

    /// True if a report passes all tests. Call it for all reports of a segment before those of the next.
    func hold(ofReport id: Int64, _ db: Database) throws -> Bool {
        guard !tests.isEmpty else { return true }
        try load(ArrivalID(rawValue: id).segment, db)
        return zip(tests, found).allSatisfy { $0.test.relation.isNegative != $1.contains(id) }
    }

    /// The reports of a segment that the leading test finds, newest first.
    func leading(in segment: Int64, _ db: Database) throws -> [Int64] {
        guard let leader else { return [] }
        try load(segment, db)
        return found[leader].sorted(by: >)
    }

    private func load(_ segment: Int64, _ db: Database) throws {
        guard segment != self.segment else { return }
        found = try tests.map { condition in
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT value, reportId FROM field
                        WHERE segment = ? AND nameId IN (\(marks(condition.nameIDs.count)))
                        """),
                arguments: [segment] + StatementArguments(condition.nameIDs))
            var reports: Set<Int64> = []
            // Equal values are adjacent and tested once. They are compared by bytes; DatabaseValue equates NFC and NFD.
            var last: (value: FieldValue?, isFound: Bool)?
            while let row = try rows.next() {
                let value = FieldValue(stored: try row.decode(atIndex: 0))
                if last == nil || value != last?.value {
                    last = (value, try value.map { try condition.test.finds($0.text) } ?? false)
                }
                if last?.isFound == true { reports.insert(try row.decode(atIndex: 1)) }
            }
            return reports
        }
        self.segment = segment
    }
}
