import ArgumentParser
import TerminalOutput
import TestKit
import Testing

@testable import CallboxCommands

@Suite("How a result is written")
struct FormatOptionsTests {
    @Test("a terminal gets a table and a pipe ndjson, unless a format is given")
    func resolved() throws {
        let terminal = RecordedOutput().console(isTerminal: true)
        let pipe = RecordedOutput().console(isTerminal: false)
        let unsaid = try FormatOptions.parse([])
        #expect(unsaid.resolved(for: terminal) == .table)
        #expect(unsaid.resolved(for: pipe) == .ndjson)
        for format in OutputFormat.allCases {
            let said = try FormatOptions.parse(["--format", format.rawValue])
            #expect(said.resolved(for: terminal) == format)
            #expect(said.resolved(for: pipe) == format)
            #expect(try FormatOptions.parse(["-f", format.rawValue]).format == format)
        }
    }

    @Test("other formats are rejected", arguments: ["xml", "JSON", "", "yaml"])
    func rejected(name: String) {
        #expect(throws: (any Error).self) { try FormatOptions.parse(["--format", name]) }
    }
}
