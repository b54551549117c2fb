internal import Deliveries
internal import GRDB
internal import TextForms

/// Finds the reports that pass tests of fields, one segment at a time. Tests every value of a field, because the index
/// orders values by their bytes, not as numbers.
final class FieldTestIndex {
    private let tests: [ReportConditions.Test]
    private var segment: Int64?
    /// For each test, the reports of the current segment that have a matching field.
    private var found: [Set<Int64>] = []
    /// The index of the first test that requires a match. Nil if all tests are negative.
    private let leader: Int?

    init(_ tests: [ReportConditions.Test]) {
        self.tests = tests
        leader = tests.firstIndex { !$0.test.relation.isNegative }
    }

    var canLead: Bool {
        leader != nil
    }

    /// True if a report passes all tests. Call this for all reports of a segment before reports of the next segment.
    func hold(ofReport id: Int64, _ db: Database) throws -> Bool {
        guard !tests.isEmpty else { return true }
        try load(ArrivalID(rawValue: id).segment, db)
        return zip(tests, found).allSatisfy { $0.test.relation.isNegative != $1.contains(id) }
    }

    /// The reports of a segment that match the leading test, newest first.
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
            // Tests equal values, which are adjacent, only once. Compares the values as bytes, because DatabaseValue
            // considers NFC and NFD equal.
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
