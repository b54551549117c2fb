import ArgumentParser
import Deliveries
import TerminalOutput
import TestKit
import Testing

@testable import Analysis
@testable import CallboxCommands

@Suite("What show is asked for")
struct ReportReferenceTests {
    @Test(
        "a delivery, a report of it, or the newest",
        arguments: [
            ("42", ReportReference.delivery(DeliveryID(rawValue: 42), ordinal: nil)),
            ("42.2", .delivery(DeliveryID(rawValue: 42), ordinal: 2)),
            ("42.1000000", .delivery(DeliveryID(rawValue: 42), ordinal: 1_000_000)),
            ("42.", .delivery(DeliveryID(rawValue: 42), ordinal: nil)), ("latest", .latest),
        ])
    func understood(text: String, expected: ReportReference) throws {
        #expect(try ReportReference(argument: text) == expected)
    }

    @Test(
        "nothing else",
        arguments: [
            "", "0", "-1", "Latest", "newest", ".2", "x.2", "42.0", "42.-1", "42.x", "42.2.1", "42.1000001",
            "42.99999999999999999999", "42. 2", "٤٢", "42.٢",
        ])
    func rejected(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try ReportReference(argument: text) }
        #expect(failure?.status == .usage)
        #expect(failure?.advice?.contains("'callbox list'") == true)
    }
}

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
