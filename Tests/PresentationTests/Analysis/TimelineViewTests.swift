import Deliveries
import Providers
import ReportIndex
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import Analysis
@testable import Presentation

@Suite("A timeline as text and JSON")
struct TimelineViewTests {
    private static func entry(
        _ id: Int64, type: String = "applicant", before milliseconds: Int64?, fields: [ReportField] = []
    ) -> TimelineEntry {
        TimelineEntry(
            .fixture(
                deliveryID: id, provider: "certn-legacy", type: type,
                providerTime: milliseconds.map { Timestamp.fixture.advanced(byMilliseconds: -$0) }),
            fields: [ReportField("id", "c-1")] + fields, providers: .standard)
    }

    private static func text(
        _ format: OutputFormat, _ entries: [TimelineEntry], links: [LinkProgress] = [], isTerminal: Bool = false
    ) throws -> String {
        let output = RecordedOutput()
        let view = TimelineView(Timeline(entries: entries, links: links, shortcoming: nil), .standard)
        try view.print(format, on: output.console(isTerminal: isTerminal, width: 120))
        return output.text
    }

    private static let entries = [
        entry(3, before: 3_600_000, fields: [ReportField("report_status", "PENDING")]),
        entry(7, before: 2500, fields: [ReportField("report_status", "COMPLETE"), ReportField("result", "CLEARED")]),
        entry(9, type: "redirect", before: nil),
    ]

    @Test("reports are listed by time with their delay, followed by the current state")
    func lines() throws {
        #expect(
            try Self.text(.table, Self.entries) == """
                TIME                      DELAY  PROVIDER      TYPE       ID  TRIES  STATE
                2026-11-02T09:00:00.250Z   +1 h  certn-legacy  applicant   3      1  report_status=PENDING
                2026-11-02T09:59:57.750Z   +2 s  certn-legacy  applicant   7      1  report_status=COMPLETE result=CLEARED
                2026-11-02T10:00:00.250Z      -  certn-legacy  redirect    9      1

                Current state
                applicant  report_status=COMPLETE result=CLEARED  id=c-1    7  2026-11-02T09:59:57.750Z
                redirect                                          id=c-1    9  2026-11-02T10:00:00.250Z

                """)
    }

    @Test("a problem is on a line below its report, and the columns keep their widths")
    func problem() throws {
        let entry = TimelineEntry(
            .fixture(deliveryID: 4, provider: "klavi", type: "x", problem: "the body has no event name"), fields: [],
            providers: .standard)
        let lines = try Self.text(.table, [Self.entries[0], entry]).split(separator: "\n")
        #expect(lines[2] == "2026-11-02T10:00:00.250Z      -  klavi         x           4      1")
        #expect(lines[3] == "  problem: the body has no event name")
    }

    @Test("if a report arrived before the provider's time, its delay has a minus sign")
    func early() {
        #expect(Self.entry(1, before: -61_000).delayText == "-1 min")
        #expect(Self.entry(1, before: 0).delayText == "+0 ms")
        #expect(Self.entry(1, before: nil).delayText == "-")
    }

    @Test("JSON has the whole timeline, and ndjson and CSV have one line per report")
    func json() throws {
        let current = try Self.text(.json, Array(Self.entries[1...])).replacing("\n", with: "")
        #expect(current.hasPrefix(#"{"links":[],"reports":[{"time":"2026-11-02T09:59:57.750Z","id":7,"#))
        #expect(throws: Never.self) { try ParsedJSON(current) }
        #expect(try Self.text(.ndjson, Self.entries).split(separator: "\n").count == 3)
        let csv = try Self.text(.csv, Self.entries).split(separator: "\n")
        #expect(
            csv.first
                == "time,id,ordinal,receivedAt,providerTime,delayMilliseconds,source,provider,type,attempts,states,subject"
        )
        #expect(csv.count == 4)
        #expect(try Self.text(.json, Self.entries).contains(#""isComplete":true"#))
    }

    @Test("a limit keeps the latest reports and does not affect the current state")
    func limited() {
        let timeline = Timeline(entries: Self.entries, links: [], shortcoming: nil)
        #expect(timeline.limited(to: 1).entries.map(\.report.deliveryID.rawValue) == [9])
        #expect(timeline.limited(to: 1).current.count == 2)
    }

    @Test("personal data is masked on a terminal in each format", arguments: OutputFormat.allCases)
    func masked(format: OutputFormat) throws {
        let entry = TimelineEntry(
            .fixture(deliveryID: 1, provider: "klavi"), fields: [ReportField("personalTaxId", "10020030088")],
            providers: .standard)
        #expect(try !Self.text(format, [entry], isTerminal: true).contains("10020030088"))
    }

    @Test("hostile strings are escaped", arguments: OutputFormat.allCases)
    func hostile(format: OutputFormat) throws {
        let entries = [
            Self.entry(1, type: HostileText.sample, before: nil, fields: [ReportField("status", HostileText.sample)])
        ]
        #expect(try HostileText.hostile(in: Self.text(format, entries, isTerminal: true), layout: ["\n"]).isEmpty)
    }
}
