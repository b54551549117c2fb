import Deliveries
import ReportIndex
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Analysis
@testable import Presentation

@Suite("The output of stats")
struct StatsViewTests {
    private static let now = Timestamp.fixture.advanced(byMilliseconds: 3 * 86_400_000)

    /// Three days with two sources, one of which has gone silent.
    private static func overview(_ name: String = "klavi", type: String = "Income") -> StatsOverview {
        var gathering = StatsGathering(ReportFilter(), slots: .hours, now: now, offset: { _ in 0 })
        for hour in stride(from: Int64(0), to: 72, by: 1) {
            let time = Timestamp.fixture.advanced(byMilliseconds: hour * 3_600_000)
            gathering.add(.fixture(source: name, type: type, at: time), .fixture(hour % 24 + 1, repeats: 1, at: time))
            if hour < 6 {
                gathering.add(
                    .fixture(source: "ezid", type: "redirect", route: nil, verification: .unverified, at: time),
                    .fixture(2, at: time))
            }
        }
        func rhythm(_ source: String, minutesAgo: Int64, gap: Int64) -> SourceRhythm {
            let last = now.advanced(byMilliseconds: -minutesAgo * 60_000)
            let times = (0..<60).map { last.advanced(byMilliseconds: -$0 * gap * 60_000) }
            return SourceRhythm(source: source, times: times, lastReceivedAt: last)
        }
        return gathering.overview(
            rhythms: [rhythm("ezid", minutesAgo: 45, gap: 3), rhythm(name, minutesAgo: 1, gap: 1)], rejectedCount: 4,
            barLimit: 68)
    }

    private static func lines(_ overview: StatsOverview, _ glyphs: ChartGlyphs = .blocks, width: Int = 80) -> [String] {
        let console = RecordedOutput().console(isTerminal: true, width: width)
        return StatsOverviewView(overview: overview, charts: ChartLines(glyphs: glyphs, console: console)).lines
    }

    @Test("the overview is printed as text")
    func page() throws {
        let lines = Self.lines(Self.overview())
        try GoldenFile.expect(lines.joined(separator: "\n") + "\n", in: "stats-page.txt")
        #expect(lines.contains("ezid: quiet for 45 min, usually every 3 min"))
        #expect(!lines.contains { $0.hasPrefix("klavi: quiet") })
    }

    @Test("no line is wider than the terminal", arguments: [80, 100, 160])
    func width(width: Int) {
        for line in Self.lines(Self.overview(), width: width) { #expect(line.count <= width, "\(line)") }
    }

    @Test("without UTF-8, charts consist of ASCII characters")
    func ascii() {
        let lines = Self.lines(Self.overview(), .ascii)
        #expect(lines.allSatisfy { $0.allSatisfy(\.isASCII) })
        #expect(lines.contains { $0.contains("####") })
    }

    @Test(
        "the locale selects the characters of charts",
        arguments: [
            (["LANG": "en_US.UTF-8"], true), (["LANG": "C.utf8"], true), (["LANG": "C"], false), ([:], false),
            (["LC_ALL": "C", "LANG": "en_US.UTF-8"], false), (["LC_ALL": "", "LC_CTYPE": "C.UTF-8"], true),
        ])
    func locale(environment: [String: String], isUnicode: Bool) {
        #expect(ChartGlyphs.preferred(environment) == (isUnicode ? .blocks : .ascii))
    }

    @Test("the overview is printed as JSON")
    func json() throws {
        let text = Self.overview().json.line
        try GoldenFile.expect(text + "\n", in: "stats-page.json")
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        #expect(root["week"].map { Array($0.elements).count } == 7)
    }

    @Test("an empty archive also has an overview")
    func empty() throws {
        let overview = StatsGathering(ReportFilter(), slots: .hours, now: Self.now, offset: { _ in 0 })
            .overview(rhythms: [], rejectedCount: nil, barLimit: 68)
        #expect(overview.chart == nil && overview.week == nil && overview.span == nil)
        #expect(
            overview.json.line
                == #"{"since":null,"until":null,"reports":0,"attempts":0,"bodyBytes":0,"storedBytes":0,"ratio":null,"#
                + #""share":null,"perDay":null,"firstReceivedAt":null,"lastReceivedAt":null,"unrouted":0,"#
                + #""unrecognised":0,"quarantined":null,"sources":[],"rhythms":[],"verifications":[],"types":[],"#
                + #""chart":null,"week":null}"#)
        #expect(Self.lines(overview).first == "0 reports; bodies 0 B, stored 0 B (-)")
    }

    @Test("no stored text can control a terminal")
    func hostile() {
        let overview = Self.overview(HostileText.sample, type: HostileText.sample)
        for line in Self.lines(overview) { #expect(HostileText.hostile(in: line).isEmpty) }
        #expect(HostileText.hostile(in: overview.json.line).isEmpty)
    }

    private static func groups(_ format: OutputFormat, width: Int? = nil) throws -> [String] {
        var groups = GroupedTotals([.type, .topic])
        groups.add(.fixture(), .fixture(3, repeats: 1), .hours)
        groups.add(.fixture(type: "=cmd", route: nil), .fixture(1), .hours)
        groups.add(.fixture(type: "rest"), .fixture(0, repeats: 1), .hours)
        let span = StatsOverview.Span(start: .fixture, end: now)
        var rows = groups.ordered(limit: 2).map { StatsRow(group: $0, whole: groups.total, span: span) }
        if format == .table {
            let total = GroupedTotals.Group(values: [], totals: groups.total)
            rows.append(StatsRow(group: total, whole: groups.total, span: span, isTotal: true))
        }
        let output = RecordedOutput()
        let console = output.console(isTerminal: width != nil, width: width ?? 100)
        var listing = RowListing(format, on: console, StatsRow.members([.type, .topic]))
        try listing.print(rows)
        return output.text.split(separator: "\n").map(String.init)
    }

    @Test("groups are shown as a table with totals")
    func table() throws {
        #expect(
            try Self.groups(.table) == [
                "TYPE      TOPIC     REPORTS  TRIES  BODIES  STORED  RATIO  SHARE  A DAY",
                "Income    checking        3      4   400 B   100 B   25 %   75 %      1",
                "=cmd      unrouted        1      1   100 B    25 B   25 %   25 %    0.3",
                "(1 more)                  0      1   100 B    25 B   25 %    0 %      0",
                "total                     4      6   600 B   150 B   25 %  100 %    1.3",
            ])
        for line in try Self.groups(.table, width: 80) { #expect(line.count <= 80) }
    }

    @Test("groups are printed in formats for programs")
    func machines() throws {
        let first =
            #"{"type":"Income","topic":"checking","reports":3,"attempts":4,"bodyBytes":400,"storedBytes":100,"#
            + #""ratio":0.25,"share":0.75,"perDay":1.0,"firstReceivedAt":"2026-11-02T10:00:00.250Z","#
            + #""lastReceivedAt":"2026-11-02T10:00:00.250Z","others":0}"#
        let lines = try Self.groups(.ndjson)
        #expect(lines.count == 3)
        #expect(lines[0] == first)
        #expect(lines[2].hasPrefix(#"{"type":null,"topic":null,"reports":0,"attempts":1,"#))
        #expect(lines[2].hasSuffix(#""others":1}"#))
        #expect(try Self.groups(.json).joined() == "[" + lines.joined(separator: ", ") + "]")
        let csv = try Self.groups(.csv)
        #expect(csv[0].hasPrefix("type,topic,reports,attempts,bodyBytes,"))
        #expect(csv[2].hasPrefix("'=cmd,,1,1,100,25,0.25,"))
    }

    @Test(
        "a rate is rounded to a readable number of digits",
        arguments: [
            (0, "0"), (0.01, "<0.1"), (0.34, "0.3"), (1, "1"), (9.96, "10"), (12.4, "12"), (33_333.3, "33333"),
            (-1, "-"), (.nan, "-"), (.infinity, "-"), (1e300, "-"),
        ])
    func rates(value: Double, text: String) {
        #expect(HumanText.rate(value) == text)
    }
}
