import CallboxConfiguration
import Deliveries
import Foundation
import Providers
import Quarantine
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation

@Suite("quarantine list and show")
struct QuarantineViewTests {
    private static func shown(_ entry: QuarantineEntry, on console: Console) -> [String] {
        var lines: [String] = []
        QuarantineView.write(entry, .standard, on: console) { lines.append($0) }
        return lines
    }

    private static func entry(
        _ id: Int64 = 3, source: String = "klavi", target: String = "/klavi?code=t0p&state=1",
        header: HeaderField = HeaderField("X-Klavi-Signature", "5ec4e7"), peer: String = "192.0.2.1",
        reason: String = "no signature header"
    ) -> QuarantineEntry {
        var generator = SplitMix64(seed: 1)
        return QuarantineEntry(
            id: QuarantineID(rawValue: id),
            delivery: QuarantinedDelivery(
                uuid: UUIDv7(at: .fixture, using: &generator), source: source,
                request: .fixture(target: target, headers: HeaderFields([header]), peer: peer), verification: .failed,
                reason: reason, bodySHA256: .digestFixture))
    }

    @Test("the reason on arrival and the result of a check today are shown")
    func reasons() throws {
        let configuration = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
        func lines(_ entry: QuarantineEntry) -> [String] {
            QuarantineView.reasons(entry, configuration, [:], on: RecordedOutput().console())
        }
        let known = lines(Self.entry())
        #expect(known.contains("  On arrival at 2026-11-02T10:00:00.250Z: failed, no signature header."))
        #expect(known.contains("  Today: rejected, the signature header is malformed."))
        let gone = lines(Self.entry(source: "gone"))
        #expect(gone.contains("  Today: rejected, because the source is not configured."))
    }

    private static func text(
        _ entries: [QuarantineEntry], _ format: OutputFormat, isTerminal: Bool = false, width: Int = 140
    ) throws -> String {
        let output = RecordedOutput()
        var listing = RowListing(
            format, on: output.console(isTerminal: isTerminal, width: width),
            QuarantineEntry.members(.standard, masks: isTerminal))
        try listing.print(entries)
        return output.text
    }

    private static let digest = Hex.encode([UInt8].digestFixture)

    @Test("a table masks credentials")
    func table() throws {
        let lines = try Self.text([Self.entry(), Self.entry(2)], .table).split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(
            lines.first?.split(separator: " ").map(String.init)
                == ["ID", "RECEIVED", "SOURCE", "TARGET", "PEER", "REASON", "SIZE"])
        #expect(lines.last?.contains("no signature header") == true)
        #expect(lines.last?.contains("/klavi?code=[masked]&state=1") == true)
    }

    @Test("on a narrow terminal, other columns are omitted before the reason", arguments: [80, 120, 160])
    func widths(width: Int) throws {
        let reason = "the signed time is 612 s off, more than the 300 s that are allowed"
        let lines = try Self.text([Self.entry(reason: reason)], .table, isTerminal: true, width: width)
            .split(separator: "\n")
        for line in lines { #expect(line.count <= width) }
        #expect(lines.last?.contains(reason) == true)
        #expect(lines.last?.contains("q3") == true)
    }

    @Test("JSON, NDJSON and CSV have the same values")
    func machines() throws {
        let object =
            #"{"id":3,"receivedAt":"2026-11-02T10:00:00.250Z","source":"klavi","method":"POST","#
            + #""target":"/klavi?code=[masked]&state=1","peer":"192.0.2.1","verification":"failed","#
            + #""reason":"no signature header","bodyBytes":7,"bodySHA256":"\#(Self.digest)"}"#
        #expect(try Self.text([Self.entry()], .ndjson) == object + "\n")
        #expect(try Self.text([Self.entry()], .json) == "[\(object)]\n")
        #expect(
            try Self.text([Self.entry()], .csv)
                == "id,receivedAt,source,method,target,peer,verification,reason,bodyBytes,bodySHA256\n"
                + "3,2026-11-02T10:00:00.250Z,klavi,POST,/klavi?code=[masked]&state=1,192.0.2.1,failed,"
                + "no signature header,7,\(Self.digest)\n")
    }

    @Test(
        "personal data of a target is masked in a table, and in every format on a terminal",
        arguments: OutputFormat.allCases)
    func personalData(format: OutputFormat) throws {
        let entry = Self.entry(target: "/ezid?code=t0p&login_hint=ana@example.com")
        let text = try Self.text([entry], format, isTerminal: true, width: 200)
        #expect(text.contains("code=[masked]&login_hint=a•••@example.com"))
        #expect(!text.contains("ana@"))
        #expect(try Self.text([entry], format).contains("ana@example.com") == (format != .table))
    }

    @Test(
        "an empty listing has only the header or brackets of its format",
        arguments: [
            (OutputFormat.table, ""), (.json, "[]\n"), (.ndjson, ""),
            (.csv, "id,receivedAt,source,method,target,peer,verification,reason,bodyBytes,bodySHA256\n"),
        ])
    func empty(format: OutputFormat, expected: String) throws {
        #expect(try Self.text([], format) == expected)
    }

    @Test("control characters are escaped in every format", arguments: OutputFormat.allCases)
    func hostile(format: OutputFormat) throws {
        let hostile = HostileText.sample
        let entry = Self.entry(
            source: hostile, target: "/\(hostile)", header: HeaderField(hostile, hostile), peer: hostile,
            reason: hostile)
        #expect(try HostileText.hostile(in: Self.text([entry], format, isTerminal: true), layout: ["\n"]).isEmpty)
        let lines = Self.shown(entry, on: RecordedOutput().console(isTerminal: true))
        #expect(HostileText.hostile(in: lines.joined(separator: "\n"), layout: ["\n"]).isEmpty)
    }

    @Test("show prints the reason and masks credentials")
    func lines() {
        let lines = Self.shown(Self.entry(), on: RecordedOutput().console())
        #expect(lines.first?.hasPrefix("Rejected delivery q3  ") == true)
        #expect(lines.contains("  rejected      failed: no signature header"))
        #expect(lines.contains("  request       POST /klavi?code=[masked]&state=1"))
        #expect(lines.contains("  X-Klavi-Signature: [masked]"))
        #expect(!lines.joined().contains("5ec4e7"))
        #expect(!lines.joined().contains("t0p"))
    }
}

@Suite("--reveal")
struct RevealTests {
    private static let request = InboundRequest.fixture(
        target: "/ezid?code=t0p", headers: [HeaderField("Authorization", "Bearer 5ec4e7")])

    @Test("--reveal shows masked values in text and in JSON", arguments: [true, false])
    func reveal(isRevealed: Bool) {
        var view = DeliveryView(Self.request)
        view.isRevealed = isRevealed
        for text in [view.lines(on: RecordedOutput().console()).joined(separator: "\n"), view.json.compact] {
            #expect(text.contains("Bearer 5ec4e7") == isRevealed)
            #expect(text.contains("code=t0p") == isRevealed)
            #expect(text.contains("[masked]") == !isRevealed)
        }
    }
}
