import Deliveries
import Foundation
import Journal
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("callbox audit")
struct AuditListTests {
    private static func entries(_ text: String = "show --reveal") throws -> [AccessEntry] {
        let records = [
            try #require(AccessRecord(user: "ana", command: text, subject: "42 43.2", reason: "claim-7, urgent")),
            try #require(AccessRecord(user: text, command: "show --body", subject: text, reason: nil)),
        ]
        return records.enumerated().map { AccessEntry(id: Int64(2 - $0.offset), at: .fixture, record: $0.element) }
    }

    private static func text(_ entries: [AccessEntry], _ format: OutputFormat, isTerminal: Bool = false) throws
        -> String
    {
        let output = RecordedOutput()
        var view = RowListing(format, on: output.console(isTerminal: isTerminal, width: 80), AccessEntry.members)
        for entry in entries { try view.add(entry) }
        try view.finish()
        return output.text
    }

    @Test("an access is one line in a table, in CSV and in NDJSON")
    func formats() throws {
        let entries = try Self.entries()
        let time = Timestamp.fixture.rfc3339
        #expect(
            try Self.text(entries, .csv) == """
                id,at,user,command,subject,reason
                2,\(time),ana,show --reveal,42 43.2,"claim-7, urgent"
                1,\(time),show --reveal,show --body,show --reveal,

                """)
        let lines = try Self.text(entries, .ndjson).split(separator: "\n")
        #expect(
            lines[0] == """
                {"id":2,"at":"\(time)","user":"ana","command":"show --reveal","subject":"42 43.2","reason":"claim-7, urgent"}
                """)
        #expect(lines.count == 2)
        let array = try JSONDocument(parsing: Array(try Self.text(entries, .json).utf8)).root
        #expect(array.elements.map { $0["reason"]?.kind } == [.string, .null])
        let table = try Self.text(entries, .table).split(separator: "\n")
        #expect(table.count == 3)
        #expect(table[1].contains("ana") && table[1].contains("42 43.2") && table[1].contains("claim-7"))
    }

    @Test("an empty listing has only the header or the brackets of its format")
    func empty() throws {
        #expect(try Self.text([], .table) == "")
        #expect(try Self.text([], .ndjson) == "")
        #expect(try Self.text([], .json) == "[]\n")
        #expect(try Self.text([], .csv) == "id,at,user,command,subject,reason\n")
    }

    @Test("control characters are escaped in every format", arguments: OutputFormat.allCases)
    func hostile(format: OutputFormat) throws {
        let hostile = HostileText.sample.replacing("\u{0}", with: "")
        #expect(
            try HostileText.hostile(in: Self.text(Self.entries(hostile), format, isTerminal: true), layout: ["\n"])
                .isEmpty)
    }

    @Test("docs/cli-json.md lists every member of an access")
    func documented() throws {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "docs/cli-json.md"), encoding: .utf8)
        let section = try #require(page.split(separator: "\n## ").first { $0.hasPrefix("`callbox audit`") })
        for name in AccessEntry.members.compactMap(\.name) { #expect(section.contains("| `\(name)` |"), "\(name)") }
    }
}
