import BodyCompression
import CallboxConfiguration
import Deliveries
import Journal
import Quarantine
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("archive prune --dry-run", .offPool)
struct PruningPreviewTests {
    private static let decisions = [
        PruningDecision(
            id: DeliveryID(rawValue: 7), receivedAt: .fixture, source: "klavi", types: ["income", "pf_income"],
            extent: .body, byteCount: 512, reason: "older than 'keep: 180d' of the source"),
        PruningDecision(
            id: DeliveryID(rawValue: 12), receivedAt: .fixture, source: "ezid", types: [], extent: .everything,
            byteCount: 0, reason: "older than 'keep-metadata: 365d' of state unverified"),
    ]

    private static func written(
        _ format: OutputFormat, _ decisions: [PruningDecision] = decisions
    ) throws -> RecordedOutput {
        let output = RecordedOutput()
        var preview = PruningPreview(format, output.console(width: 140))
        for decision in decisions { try preview.add(decision) }
        try preview.finish(none: "nothing to remove")
        return output
    }

    @Test("ndjson has one object per delivery, and the note has the total")
    func ndjson() throws {
        let output = try Self.written(.ndjson)
        #expect(
            output.text == """
                {"id":7,"receivedAt":"2026-11-02T10:00:00.250Z","source":"klavi","types":["income","pf_income"],\
                "takes":"body","storedBytes":512,"reason":"older than 'keep: 180d' of the source"}
                {"id":12,"receivedAt":"2026-11-02T10:00:00.250Z","source":"ezid","types":[],"takes":"everything",\
                "storedBytes":0,"reason":"older than 'keep-metadata: 365d' of state unverified"}

                """)
        #expect(output.errorText == "2 deliveries, 512 B of stored bodies; --yes removes them\n")
    }

    @Test("CSV has a header line and one line per delivery")
    func csv() throws {
        #expect(
            try Self.written(.csv).text == """
                id,receivedAt,source,types,takes,storedBytes,reason
                7,2026-11-02T10:00:00.250Z,klavi,"[""income"",""pf_income""]",body,512,older than 'keep: 180d' of the source
                12,2026-11-02T10:00:00.250Z,ezid,[],everything,0,older than 'keep-metadata: 365d' of state unverified

                """)
    }

    @Test("a table has one row per delivery")
    func table() throws {
        #expect(
            try Self.written(.table).text == """
                ID  RECEIVED                  SOURCE  TYPE              REMOVES     STORED  REASON
                 7  2026-11-02T10:00:00.250Z  klavi   income pf_income  body         512 B  older than 'keep: 180d' of the source
                12  2026-11-02T10:00:00.250Z  ezid                      everything     0 B  older than 'keep-metadata: 365d' of state unverified

                """)
    }

    @Test("an empty preview prints a note", arguments: zip(OutputFormat.allCases, ["", "[]\n", "", nil]))
    func empty(format: OutputFormat, expected: String?) throws {
        let output = try Self.written(format, [])
        #expect(output.text == expected ?? "id,receivedAt,source,types,takes,storedBytes,reason\n")
        #expect(output.errorText == "nothing to remove\n")
    }
}

@Suite("hold list", .offPool)
struct HoldListTests {
    private static let holds = [
        LegalHold(
            id: 1, subject: .delivery(DeliveryID(rawValue: 42)), reason: "claim 7", placedAt: .fixture, releasedAt: nil),
        LegalHold(
            id: 2, subject: .field(ReportField("enquiryCpf", "=1+1\u{1b}[2J")), reason: "court \"order\"",
            placedAt: .fixture, releasedAt: Timestamp.fixture.advanced(byMilliseconds: 1)),
    ]

    private static func written(_ format: OutputFormat, isTerminal: Bool = false) throws -> String {
        let output = RecordedOutput()
        var listing = RowListing(format, on: output.console(isTerminal: isTerminal), LegalHold.members)
        try listing.print(holds)
        return output.text
    }

    @Test("ndjson has one object per hold")
    func ndjson() throws {
        #expect(
            try Self.written(.ndjson) == """
                {"id":1,"delivery":42,"name":null,"value":null,"reason":"claim 7",\
                "placedAt":"2026-11-02T10:00:00.250Z","releasedAt":null}
                {"id":2,"delivery":null,"name":"enquiryCpf","value":"=1+1\\u001b[2J","reason":"court \\"order\\"",\
                "placedAt":"2026-11-02T10:00:00.250Z","releasedAt":"2026-11-02T10:00:00.251Z"}

                """)
    }

    @Test("spreadsheets do not interpret a value as a formula")
    func csv() throws {
        let lines = try Self.written(.csv, isTerminal: true).split(separator: "\n")
        #expect(lines[0] == "id,delivery,name,value,reason,placedAt,releasedAt")
        #expect(lines[1] == "1,42,,,claim 7,2026-11-02T10:00:00.250Z,")
        #expect(lines[2].hasPrefix(#"2,,enquiryCpf,'=1+1\u{1b}[2J,"court ""order""","#))
    }

    @Test("a table shows the scope of each hold, with control characters escaped")
    func table() throws {
        let lines = try Self.written(.table).split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines[1].contains("delivery 42") && lines[1].hasSuffix("active"))
        #expect(lines[2].contains("enquiryCpf=") && lines[2].hasSuffix("2026-11-02T10:00:00.251Z"))
        #expect(!lines.joined().contains("\u{1b}"))
    }
}

@Suite("archive info", .offPool)
struct ArchiveInfoViewTests {
    private static func with(_ body: (JournalInfo, JournalFile) throws -> Void) async throws {
        try await TestArchive.with { archive in
            let writer = try JournalWriter(archive.directory)
            defer { writer.close() }
            let dictionary = try #require(PresetDictionary(Array("common".utf8)))
            let scope = DictionaryScope(source: "klavi", type: "income")
            _ = try writer.add(dictionary, for: scope, bodyCount: 77, at: .fixture)
            try writer.append(
                .hold(HoldRecord(subject: .delivery(TestArchive.deliveryID), reason: "x")),
                at: Timestamp.fixture.advanced(byMilliseconds: 60_000))
            try body(JournalInfo(archive.directory.journal), archive.directory.journal)
        }
    }

    @Test("JSON has every documented member")
    func json() async throws {
        try await Self.with { info, journal in
            let text = ArchiveInfoView(info: info, journal: journal).json.compact
            let root = try JSONDocument(parsing: Array(text.utf8)).root
            #expect(
                root.members.map { $0.name } == [
                    "file", "format", "fileBytes", "logBytes", "freeBytes", "firstRecordedAt", "lastRecordedAt",
                    "lastId", "chain", "gaps", "dictionaries", "totals",
                ])
            #expect(root["file"]?.string == journal.path)
            #expect(root["format"]?.rawText == "1")
            #expect(root["lastId"]?.rawText == "2")
            #expect(root["lastRecordedAt"]?.string == "2026-11-02T10:01:00.250Z")
            #expect(root["chain"]?.string?.utf8.count == 64)
            let dictionaries = try #require(root["dictionaries"]).elements.map { $0 }
            #expect(dictionaries.count == 2)
            #expect(dictionaries.last?["type"]?.string == "income")
            #expect(dictionaries.last?["bodies"]?.rawText == "77")
            #expect(dictionaries.first?["source"]?.kind == .null)
            #expect(root["totals"]?.kind == .null)
        }
    }

    @Test("the text leaves out the dictionary of request heads")
    func lines() async throws {
        try await Self.with { info, journal in
            let lines = ArchiveInfoView(info: info, journal: journal).lines(RecordedOutput().console())
            #expect(lines[0] == journal.path)
            #expect(lines[1] == "  format \(info.format)")
            #expect(lines.contains { $0.hasPrefix("  chain 2:") })
            #expect(
                lines.last == "  dictionary for klavi income: 6 B, from 77 bodies, 2026-11-02T10:00:00.250Z")
        }
    }
}
