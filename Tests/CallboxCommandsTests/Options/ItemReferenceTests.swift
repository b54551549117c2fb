import ArgumentParser
import Deliveries
import Presentation
import Quarantine
import TerminalOutput
import TestKit
import Testing

@testable import CallboxCommands

@Suite("IDs on the command line")
struct ItemReferenceTests {
    @Test(
        "an ID names a delivery, a report, a rejected delivery or the newest delivery",
        arguments: [
            ("42", ItemReference.delivery(DeliveryID(rawValue: 42))),
            ("42.2", .report(DeliveryID(rawValue: 42), ordinal: 2)),
            ("042.1000000", .report(DeliveryID(rawValue: 42), ordinal: 1_000_000)),
            ("q10", .quarantined(QuarantineID(rawValue: 10))), ("latest", .latest),
        ])
    func understood(text: String, expected: ItemReference) throws {
        #expect(try ItemReference.parse(text) == expected)
        #expect(ItemReference(expected.description) == expected)
    }

    @Test(
        "strings that are not IDs are rejected",
        arguments: [
            "", "0", "-1", "+1", "Latest", "newest", "q", "q0", "qx", "Q1", ".2", "x.2", "42.", "42.0", "42.-1", "42.x",
            "42.2.1", "42.1048576", "42.99999999999999999999", "42. 2", " 1", "1e3", "٤٢", "42.٢",
            "9999999999999999999", "\u{1b}[2J",
        ])
    func rejected(text: String) {
        #expect(throws: ValidationError.self) { try ItemReference.parse(text) }
    }

    @Test("a command that cannot use a kind of ID names the command that can")
    func otherKind() throws {
        let rejected = #expect(throws: CommandFailure.self) { try ItemReference("q10")?.archived(for: "diff") }
        #expect(rejected?.message == "q10 is a rejected delivery, but 'diff' accepts only delivery and report IDs")
        #expect(rejected?.advice?.contains("'callbox quarantine show q10'") == true)
        let archived = #expect(throws: CommandFailure.self) {
            try ItemReference("42.2")?.quarantineID(for: "quarantine show")
        }
        #expect(archived?.advice?.contains("'callbox show 42'") == true)
        #expect(try ItemReference("latest")?.quarantineID(for: "quarantine show") == nil)
        #expect(throws: CommandFailure.self) { try ItemReference("latest")?.reportID(for: "list") }
    }
}

@Suite("Output formats of commands")
struct FormatOptionsTests {
    @Test("a terminal gets a table and a pipe gets ndjson, unless --format is set")
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

    @Test("unknown formats are rejected", arguments: ["xml", "JSON", "", "yaml"])
    func rejected(name: String) {
        #expect(throws: (any Error).self) { try FormatOptions.parse(["--format", name]) }
    }
}
