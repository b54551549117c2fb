import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Analysis
@testable import Presentation

@Suite("Differences in each format")
struct DiffRowTests {
    private static func text(
        _ format: OutputFormat, _ before: String, _ after: String, isTerminal: Bool = false
    ) throws -> String {
        let output = RecordedOutput()
        let console = output.console(isTerminal: isTerminal)
        var listing = RowListing(format, on: console, DiffRow.members(masks: isTerminal))
        let old = try JSONDocument(parsing: Array(before.utf8)).root
        let new = try JSONDocument(parsing: Array(after.utf8)).root
        try JSONComparison().forEachDifference(old, new) { difference in
            guard format == .table else { return try listing.add(difference) }
            try console.print(DiffRow.line(difference, on: console))
        }
        try listing.finish()
        return output.text
    }

    private static let before = #"{"a":10.00,"b":{"c": "x"},"d":null}"#
    private static let after = #"{"a":12.50,"d":[1],"e":"new"}"#

    @Test("each format writes every type of difference")
    func formats() throws {
        #expect(
            try Self.text(.table, Self.before, Self.after) == """
                ~ $.a  10.00 → 12.50
                - $.b  {"c": "x"}
                ~ $.d  null → [1]
                + $.e  "new"

                """)
        #expect(
            try Self.text(.ndjson, #"{"a":1}"#, #"{"a":2,"b":3}"#) == """
                {"path":"$.a","change":"changed","before":1,"after":2}
                {"path":"$.b","change":"added","before":null,"after":3}

                """)
        #expect(
            try Self.text(.json, #"{"a":1}"#, #"{}"#) == """
                [{"path":"$.a","change":"removed","before":1,"after":null}]

                """)
        #expect(
            try Self.text(.csv, #"{"a":-1}"#, #"{"a":"="}"#) == """
                path,change,before,after
                $.a,changed,-1,\"\"\"=\"\"\"

                """)
    }

    @Test("an empty result is printed as an empty array, a header or no lines, depending on the format")
    func nothing() throws {
        #expect(try Self.text(.json, "1", "1") == "[]\n")
        #expect(try Self.text(.csv, "1", "1") == "path,change,before,after\n")
        #expect(try Self.text(.ndjson, "1", "1") == "")
        #expect(try Self.text(.table, "1", "1") == "")
    }

    @Test("long values are shortened in a table but not in ndjson")
    func long() throws {
        let long = "\"" + String(repeating: "a", count: 1000) + "\""
        #expect(try Self.text(.table, "1", long).count < 130)
        #expect(try Self.text(.ndjson, "1", long).count > 1000)
    }

    @Test(
        "personal data is masked on a terminal in each format, and JSON remains valid", arguments: OutputFormat.allCases
    )
    func masked(format: OutputFormat) throws {
        let after = #"{"cpf":"10020030088","phone":5511987654321,"person":{"email":"ana@example.com"}}"#
        let text = try Self.text(format, "{}", after, isTerminal: true)
        #expect(!text.contains("10020030088") && !text.contains("5511987654321") && !text.contains("ana@"))
        #expect(try Self.text(format, "{}", after).contains("10020030088"))
        guard format == .ndjson else { return }
        for line in text.split(separator: "\n") { #expect((try? JSONDocument(parsing: Array(line.utf8))) != nil) }
    }

    @Test("hostile names and values are escaped", arguments: OutputFormat.allCases)
    func hostile(format: OutputFormat) throws {
        let text = JSONText.object([.init(HostileText.sample, .string(HostileText.sample))]).compact
        #expect(try HostileText.hostile(in: Self.text(format, "{}", text, isTerminal: true), layout: ["\n"]).isEmpty)
    }
}
