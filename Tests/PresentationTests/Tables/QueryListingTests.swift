import ReportIndex
import TerminalOutput
import TestKit
import Testing

@testable import Presentation

@Suite("Rows of an SQL statement")
struct QueryListingTests {
    private static func text(
        _ format: OutputFormat, limit: Int? = nil, columns: [String] = ["id", "text"], _ rows: [[SQLValue]],
        isTerminal: Bool = false, width: Int = 100
    ) throws -> (text: String, more: String?) {
        let output = RecordedOutput()
        var listing = QueryListing(format, limit: limit, on: output.console(isTerminal: isTerminal, width: width))
        listing.begin(columns)
        for row in rows where try !listing.add(row) { break }
        try listing.finish()
        return (output.text, listing.more)
    }

    private static let rows: [[SQLValue]] = [
        [.integer(1), .text("a,\"b\"")], [.real(1.5), .null], [.integer(-7), .blob([0, 255])],
    ]

    @Test("each format writes every type of value")
    func formats() throws {
        #expect(
            try Self.text(.ndjson, Self.rows).text == """
                {"id":1,"text":"a,\\"b\\""}
                {"id":1.5,"text":null}
                {"id":-7,"text":"x'00ff'"}

                """)
        #expect(
            try Self.text(.json, Self.rows).text == """
                [{"id":1,"text":"a,\\"b\\""},
                 {"id":1.5,"text":null},
                 {"id":-7,"text":"x'00ff'"}]

                """)
        #expect(
            try Self.text(.csv, Self.rows).text == """
                id,text
                1,"a,""b""\"
                1.5,
                -7,x'00ff'

                """)
        #expect(
            try Self.text(.table, Self.rows).text == """
                 id  text
                  1  a,"b"
                1.5  NULL
                 -7  x'00ff'

                """)
    }

    @Test("an empty result is printed as an empty array, a header or no lines, depending on the format")
    func empty() throws {
        #expect(try Self.text(.json, []).text == "[]\n")
        #expect(try Self.text(.csv, []).text == "id,text\n")
        #expect(try Self.text(.ndjson, []).text == "")
        #expect(try Self.text(.table, []).text == "")
    }

    @Test("if a statement did not start, no output is written", arguments: OutputFormat.allCases)
    func notBegun(format: OutputFormat) throws {
        let output = RecordedOutput()
        var listing = QueryListing(format, limit: nil, on: output.console())
        try listing.finish()
        #expect(output.text == "")
    }

    @Test("rows above the limit are omitted with a note, and a result of exactly the limit has no note")
    func limit() throws {
        let cut = try Self.text(.ndjson, limit: 2, Self.rows)
        #expect(cut.text.split(separator: "\n").count == 2)
        #expect(cut.more == "there are more rows; use --limit 20")
        #expect(try Self.text(.ndjson, limit: 3, Self.rows).more == nil)
        let many = Array(repeating: Self.rows[0], count: QueryListing.tableRowLimit + 1)
        #expect(try Self.text(.table, many).more == "there are more rows; use --limit 10000")
        #expect(try Self.text(.csv, many).more == nil)
    }

    @Test("a table stops collecting rows when they exceed a size limit")
    func bounded() throws {
        let row = [SQLValue](repeating: .text(String(repeating: "a", count: 200)), count: 1000)
        let columns = (0..<1000).map { "c\($0)" }
        let told = try Self.text(.table, limit: 100_000, columns: columns, Array(repeating: row, count: 100))
        #expect(told.more == "there are more rows than fit into a table; use --format csv")
    }

    @Test("long strings and blobs are shortened in a table, and hostile strings are escaped")
    func cells() throws {
        #expect(SQLText.cell(.text(String(repeating: "a", count: 201))).text.count == 201)
        #expect(SQLText.cell(.text(String(repeating: "a", count: 201))).text.hasSuffix("…"))
        #expect(SQLText.cell(.text(String(repeating: "a", count: 200))).text.hasSuffix("a"))
        #expect(SQLText.cell(.blob([UInt8](repeating: 1, count: 13))).text == "x'010101010101010101010101…' 13 bytes")
        #expect(SQLText.cell(.blob([UInt8](repeating: 1, count: 12))).text == "x'010101010101010101010101'")
        for format in OutputFormat.allCases {
            let rows: [[SQLValue]] = [[.integer(1), .text(HostileText.sample)]]
            let text = try Self.text(format, columns: [HostileText.sample, "b"], rows, isTerminal: true).text
            #expect(HostileText.hostile(in: text, layout: ["\n"]).isEmpty)
        }
    }

    @Test("if the columns do not fit on a terminal, each value has its own line")
    func narrow() throws {
        let columns = ["first", "second", "third", "fourth"]
        let rows: [[SQLValue]] = [columns.map { .text("value of the \($0) column") }]
        let wide = try Self.text(.table, columns: columns, rows, isTerminal: true, width: 120).text
        #expect(wide.split(separator: "\n").count == 2)
        #expect(
            try Self.text(.table, columns: columns, rows, isTerminal: true, width: 40).text == """
                row 1
                first   value of the first column
                second  value of the second column
                third   value of the third column
                fourth  value of the fourth column

                """)
    }
}
