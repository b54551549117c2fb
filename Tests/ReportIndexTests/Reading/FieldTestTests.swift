import ArchiveTestKit
import Deliveries
import TestKit
import Testing
import TextForms

@testable import Journal
@testable import ReportIndex

@Suite("Field tests")
struct FieldTestTests {
    private static let amounts: [(key: String, fields: [ReportField])] = [
        ("a", [ReportField("amount", "9.50"), ReportField("name", "Ana")]),
        ("b", [ReportField("amount", "10"), ReportField("name", "Bruno")]),
        ("c", [ReportField("amount", "100.0"), ReportField("amount", "1")]),
        ("d", [ReportField("name", "ana"), ReportField("id", "4437b139-8a16-11ee-b636-487b6bad036a")]),
        ("e", [ReportField("amount", "none"), ReportField("at", "2026-11-02T10:00:00Z")]),
    ]

    private static func keys(_ adjust: (inout ReportFilter) throws -> Void) async throws -> String {
        var filter = ReportFilter()
        try adjust(&filter)
        let fixtures = amounts.map { RoutedReport.fixture(key: $0.key, fields: $0.fields) }
        return try await IndexArchive.with(fixtures) { [filter] in
            try $0.reports(matching: filter).compactMap(\.problem).joined()
        }
    }

    @Test(
        "each comparison of a field finds its reports, newest first",
        arguments: [
            ("amount", ValueTest.Relation.greaterOrEqual, "10", "cb"), ("amount", .greater, "10", "c"),
            ("amount", .less, "10", "ca"), ("amount", .lessOrEqual, "9.5", "ca"), ("amount", .greater, "nond", "e"),
            ("amount", .present, "", "ecba"), ("amount", .absent, "", "d"), ("amount", .notEqual, "10", "edca"),
            ("name", .matches, "^An", "a"), ("name", .matches, "(?i)^an", "da"), ("name", .notMatches, "a", "ecb"),
            ("at", .greater, "2026-11-02T09:00:00Z", "e"), ("at", .less, "2026-11-02", ""),
            ("id", .matches, "^4437b139-8a16", "d"), ("nobody", .present, "", ""), ("nobody", .absent, "", "edcba"),
            ("nobody", .notEqual, "x", "edcba"),
        ])
    func relations(name: String, relation: ValueTest.Relation, operand: String, expected: String) async throws {
        let test = try #require(ValueTest(relation, operand))
        #expect(try await Self.keys { $0.fieldTests = [FieldTest(name, test)] } == expected)
    }

    @Test("a filter finds the reports that pass all field tests and meet all other conditions")
    func combined() async throws {
        let tests = [
            FieldTest("amount", try #require(ValueTest(.greaterOrEqual, "9"))),
            FieldTest("amount", try #require(ValueTest(.less, "50"))),
        ]
        // Report c has two amounts. One of them passes the first test, and the other amount passes the second test.
        #expect(try await Self.keys { $0.fieldTests = tests } == "cba")
        #expect(
            try await Self.keys {
                $0.fieldTests = tests
                $0.fields = [ReportField("name", "Bruno")]
            } == "b")
        #expect(
            try await Self.keys {
                $0.fieldTests = tests
                $0.listsAttempts = true
                $0.limit = 2
            } == "cb")
    }

    @Test("a regular expression that backtracks too long on a value ends the query")
    func slowExpression() async throws {
        let test = try #require(ValueTest(.matches, "^(a+)+$"))
        #expect(try test.finds(String(repeating: "a", count: 1000)))
        #expect(throws: ValueTest.TooSlow(expression: "^(a+)+$")) {
            try test.finds(String(repeating: "a", count: 60) + "!")
        }
        #expect(try !#require(ValueTest(.matches, "zz$")).finds(String(repeating: "ab ", count: 100_000)))
    }

    @Test("the time limit of a regular expression applies to the total time for all start positions in a value")
    func slowOnLongValue() throws {
        let value = String(repeating: "a", count: 100_000)
        let time = try CPUTime.spent {
            let test = try #require(ValueTest(.matches, "a*b"))
            #expect(throws: ValueTest.TooSlow(expression: "a*b")) { try test.finds(value) }
        }
        #expect(time < .seconds(3))
    }

    @Test("an expression that runs out of memory on a value is an error, not a mismatch")
    func fullStack() throws {
        let test = try #require(ValueTest(.matches, "(a|b)*c"))
        #expect(throws: ValueTest.TooSlow(expression: "(a|b)*c")) {
            try test.finds(String(repeating: "a", count: 300_000) + "c")
        }
    }

    @Test("an invalid expression is rejected")
    func expression() {
        #expect(ValueTest(.matches, "[") == nil)
        #expect(ValueTest(.equal, "[") != nil)
    }
}
