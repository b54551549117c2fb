import Deliveries
import Journal
import Providers
import ReportIndex
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Analysis
@testable import Presentation
@testable import ReportIndex

@Suite("Tables and lines at 80, 120 and 160 columns")
struct OutputWidthTests {
    private static let widths = [80, 120, 160]
    private static let long = "case_background_check_report_with_a_very_long_name"

    private static let reports: [ReportSummary] = (0..<3).map { number in
        .fixture(
            deliveryID: 1_234_567 + Int64(number), ordinal: 12, source: "production-klavi", provider: "certn-centric",
            type: long, route: number == 1 ? nil : Route(rule: .specific, topic: "background-checks"),
            externalInfo:
                #"{"traceId":"4437b139-8a16-11ee-b636-487b6bad036a","customer":"a customer with a long name"}"#,
            problem: "the body has no event name", attemptCount: 12)
    }
    private static let ids = ["1234567.12", "1234568.12", "1234569.12"]

    /// Expects that no line is wider than the terminal and that no ID is cut.
    private static func expect(
        _ ids: [String], at width: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ write: (Console) throws -> Void
    ) rethrows {
        let output = RecordedOutput()
        try write(output.console(isTerminal: true, width: width))
        let lines = output.text.split(separator: "\n")
        #expect(!lines.isEmpty, sourceLocation: sourceLocation)
        for line in lines { #expect(TerminalWidth.of(line) <= width, "\(line)", sourceLocation: sourceLocation) }
        for id in ids {
            #expect(
                lines.contains { $0.split(separator: " ").contains { $0.contains(id) } }, "\(id)",
                sourceLocation: sourceLocation)
        }
    }

    @Test("the output of 'list' fits into the width, both with ages and with times", arguments: widths)
    func list(width: Int) throws {
        for now in [nil, Timestamp.fixture.advanced(byMilliseconds: 90_000)] {
            try Self.expect(Self.ids, at: width) { console in
                var listing = RowListing(.table, on: console, ReportRow.members(now: now))
                try listing.print(Self.reports)
            }
        }
    }

    @Test("the output of 'search' fits into the width", arguments: widths)
    func search(width: Int) throws {
        let excerpt = try #require(
            Excerpt(
                of: "needle", in: String(repeating: "hay ", count: 40) + "needle", path: "$.accounts[0].\(Self.long)"))
        try Self.expect(Self.ids, at: width) { console in
            for report in Self.reports {
                let hit = SearchHit(report: report, excerpts: [excerpt])
                for line in hit.lines(on: console, now: nil) { try console.print(line) }
            }
        }
    }

    @Test("a search in CSV has the columns of list and the matches in one cell, and Excel gets local times")
    func searchCSV() throws {
        let excerpts = try ["$.a", nil].map {
            try #require(Excerpt(of: "needle", in: "hay \"needle\"", path: $0))
        }
        for format in [OutputFormat.csv, .excel] {
            let output = RecordedOutput()
            var listing = RowListing(
                format, on: output.console(isTerminal: false), SearchHit.members(masks: false, joinsMatches: true))
            try listing.print([SearchHit(report: Self.reports[0], excerpts: excerpts)])
            let lines = output.text.replacing("\u{feff}", with: "").replacing("\r\n", with: "\n")
            let mark = format == .excel ? ";" : ","
            #expect(lines.hasPrefix("id\(mark)ordinal\(mark)receivedAt\(mark)source\(mark)"))
            #expect(lines.contains("\(mark)matches\n"))
            #expect(lines.hasSuffix("\(mark)\"$.a: hay \"\"needle\"\"\nhay \"\"needle\"\"\"\n"))
            #expect(lines.contains(Timestamp.fixture.rfc3339) == (format == .csv))
        }
    }

    @Test("the output of 'timeline' fits into the width", arguments: widths)
    func timeline(width: Int) throws {
        let entries = Self.reports.map { report in
            TimelineEntry(
                report,
                fields: [
                    ReportField("id", "4437b139-8a16-11ee-b636-487b6bad036a"), ReportField("report_status", "COMPLETE"),
                    ReportField("result", "RETURNED_FOR_REVIEW_BY_THE_ADJUDICATION_TEAM"),
                ], providers: .standard)
        }
        let view = TimelineView(Timeline(entries: entries, links: [], shortcoming: nil), .standard)
        try Self.expect(Self.ids, at: width) { try view.print(.table, on: $0) }
    }

    @Test("the output of 'stats' by three dimensions fits into the width", arguments: widths)
    func stats(width: Int) throws {
        let dimensions: [StatsDimension] = [.type, .topic, .hour]
        var groups = GroupedTotals(dimensions)
        groups.add(.fixture(type: Self.long), .fixture(123_456, repeats: 99_999), .hours)
        let span = StatsOverview.Span(start: .fixture, end: Timestamp.fixture.advanced(byMilliseconds: 86_400_000))
        try Self.expect(["2026-11-02"], at: width) { console in
            var listing = RowListing(.table, on: console, StatsRow.members(dimensions))
            try listing.print(groups.ordered().map { StatsRow(group: $0, whole: groups.total, span: span) })
        }
    }

    @Test("the output of 'sql' fits into the width", arguments: widths)
    func sql(width: Int) throws {
        try Self.expect(["1234567"], at: width) { console in
            let columns = ["id", "type", "externalInfo", "body"]
            let cells = [SQLValue.integer(1_234_567), .text(Self.long), .text(Self.long), .blob(Array("body".utf8))]
            for line in QueryTable(columns: columns, rows: [cells.map(SQLText.cell)]).lines(on: console) {
                try console.print(line)
            }
        }
    }

    @Test("the output of 'links list', with follow-ups, fits into the width", arguments: widths)
    func links(width: Int) throws {
        try Self.expect(["12"], at: width) { console in
            var listing = RowListing(
                .table, on: console, LinkProgress.members(.standard), json: { LinkView.json($0, .standard) })
            try listing.print(LinkProgress.samples)
        }
    }
}
