import Deliveries
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("A listing of reports")
struct ReportListingTests {
    private static func text(
        _ reports: [ReportSummary], _ format: OutputFormat, isTerminal: Bool = false
    ) throws -> String {
        let output = RecordedOutput()
        var listing = RowListing(
            format, on: output.console(isTerminal: isTerminal, width: 120), ReportRow.members(masks: isTerminal))
        for report in reports { try listing.add(report) }
        #expect(listing.count == reports.count)
        try listing.finish()
        #expect(output.errorText.isEmpty)
        return output.text
    }

    @Test(
        "an empty listing has only the header or the brackets of its format",
        arguments: [
            (OutputFormat.table, ""), (.json, "[]\n"), (.ndjson, ""),
            (.csv, ReportRow.names.joined(separator: ",") + "\n"),
            (.excel, "\u{feff}" + ReportRow.names.joined(separator: ";") + "\r\n"),
        ])
    func none(format: OutputFormat, expected: String) throws {
        #expect(try Self.text([], format) == expected)
    }

    @Test("one report is printed in each format", arguments: OutputFormat.allCases)
    func one(format: OutputFormat) throws {
        try GoldenFile.expect(try Self.text([ReportSummary.pair[0]], format), in: "list-one.\(format.rawValue).txt")
    }

    @Test("two reports of one delivery are printed in each format", arguments: OutputFormat.allCases)
    func two(format: OutputFormat) throws {
        try GoldenFile.expect(try Self.text(ReportSummary.pair, format), in: "list-two.\(format.rawValue).txt")
    }

    @Test("each format contains the same reports")
    func sameReports() throws {
        let lines = try Self.text(ReportSummary.pair, .ndjson).split(separator: "\n").map { line in
            try JSONDocument(parsing: Array(line.utf8)).root.rawText
        }
        let array = try JSONDocument(parsing: Array(Self.text(ReportSummary.pair, .json).utf8)).root.elements
        #expect(array.map(\.rawText) == lines)
        #expect(try Self.text(ReportSummary.pair, .csv).split(separator: "\n").count == 1 + lines.count)
    }

    @Test("columns of externalInfo are separate values in CSV, Excel files and tables")
    func columns() throws {
        let report = ReportSummary.fixture(
            providerTime: .fixture,
            externalInfo:
                #"{"traceId":"=t;1","person":{"cpf":"03905334470","a.b":-7},"list":[1,"x"],"none":null,"a.b":true}"#)
        let names =
            "providerTime,externalInfo.traceId,externalInfo.person.cpf,externalInfo.person.a.b,externalInfo.list,"
            + "externalInfo.none,externalInfo.other,externalInfo.a.b,lastId"
        func text(_ format: OutputFormat, zone: String = "America/Sao_Paulo", masks: Bool = false) throws -> String {
            let output = RecordedOutput()
            var console = output.console(isTerminal: false, width: 200)
            console.localClock = try #require(DayClock(zoneNamed: zone))
            var listing = RowListing(
                format, on: console,
                try ReportRow.members(masks: masks).selecting(names, masks: masks, isRevealed: !masks))
            try listing.add(report)
            try listing.finish()
            return output.text
        }
        #expect(
            try text(.csv)
                == names + "\n2026-11-02T10:00:00.250Z,'=t;1,03905334470,-7,\"[1,\"\"x\"\"]\",,,true,42\n")
        #expect(
            try text(.excel)
                == "\u{feff}" + names.replacing(",", with: ";")
                + "\r\n2026-11-02 07:00:00;\"'=t;1\";\"=\"\"03905334470\"\"\";-7;\"[1,\"\"x\"\"]\";;;true;42\r\n")
        #expect(try text(.excel, zone: "UTC").contains("\r\n2026-11-02 10:00:00;"))
        #expect(try text(.table).contains("03905334470"))
        for format in OutputFormat.allCases { #expect(try !text(format, masks: true).contains("03905334470")) }
    }

    @Test("a report is a single line of ndjson, however its externalInfo is formatted")
    func oneLine() throws {
        let report = ReportSummary.fixture(externalInfo: "{\r\n\t\"a\" : [ 1,\n 2 ]\n}")
        let text = try Self.text([report, report], .ndjson)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
        for line in text.split(separator: "\n") {
            let json = try JSONDocument(parsing: Array(line.utf8)).root
            #expect(json["externalInfo"]?["a"]?.elements.map(\.rawText) == ["1", "2"])
        }
    }

    @Test("the verification is shown as a symbol", arguments: Verification.allCases)
    func marks(verification: Verification) throws {
        let text = try Self.text([.fixture(verification: verification)], .table)
        let mark = [
            Verification.verified: "✓", .unverified: "·", .failed: "✗", .expired: "✗", .fetched: "↓",
        ][verification]
        #expect(text.contains("42  \(try #require(mark))  2026-11-02T10:00:00.250Z"))
    }

    @Test(
        "a row shows the leaf values of an externalInfo",
        arguments: [
            (nil, ""), ("{}", ""), (#"{"a":"b"}"#, "a=b"),
            (#"{"a":"b","c":1.50,"d":true,"e":null,"f":[1],"g":{}}"#, "a=b c=1.50 d=true"),
            (#"["a"]"#, ""), (#""a""#, ""), ("{", ""),
            (#"{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9}"#, "a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8"),
        ])
    func externalInfo(json: String?, expected: String) {
        #expect(ReportRow.externalInfo(json) == expected)
    }

    @Test("reports are escaped for a terminal in every format", arguments: OutputFormat.allCases)
    func hostile(format: OutputFormat) throws {
        let hostile = HostileText.sample
        let quoted = "\"\u{9b}\u{202e}\u{200b}\u{2028}\u{feff}\u{7f}\""
        let report = ReportSummary.fixture(
            source: hostile, provider: hostile, type: hostile, route: Route(rule: .specific, topic: hostile),
            externalInfo: "{\(quoted):\(quoted)}", problem: hostile, secretName: hostile)
        let text = try Self.text([report, report], format, isTerminal: true)
        #expect(HostileText.hostile(in: text, layout: ["\n"]).isEmpty)
        #expect(text.contains(format == .json || format == .ndjson ? "\\u001b[31m" : "\\u{1b}[31m"))
    }

    @Test("CSV in a pipe contains the text without changes")
    func csvInPipe() throws {
        let text = try Self.text([.fixture(type: "a\u{202e}\nb")], .csv)
        #expect(text.contains("\"a\u{202e}\nb\""))
    }

    @Test("a closed pipe ends the listing")
    func brokenPipe() {
        let console = Console(
            isTerminal: false, width: 80, usesColor: false, out: { _ in throw StandardStream.BrokenPipe() },
            error: { _ in })
        for format in [OutputFormat.json, .ndjson, .csv] {
            var listing = RowListing(format, on: console, ReportRow.members())
            #expect(throws: StandardStream.BrokenPipe.self) { try listing.add(ReportSummary.pair[0]) }
        }
        var table = RowListing(.table, on: console, ReportRow.members())
        #expect(throws: Never.self) { try table.add(ReportSummary.pair[0]) }
        #expect(throws: StandardStream.BrokenPipe.self) { try table.finish() }
    }

    @Test("a long table is printed in parts with a fixed number of rows, which limits the memory")
    func longTable() throws {
        let output = RecordedOutput()
        var listing = RowListing(.table, on: output.console(), ReportRow.members())
        for _ in 1..<RowListing<ReportSummary>.tableRowCount { try listing.add(ReportSummary.pair[0]) }
        #expect(output.text.isEmpty)
        try listing.add(ReportSummary.pair[0])
        #expect(output.text.split(separator: "\n").count == RowListing<ReportSummary>.tableRowCount + 1)
        try listing.finish()
        #expect(output.text.split(separator: "\n").count == RowListing<ReportSummary>.tableRowCount + 1)
        #expect(listing.count == RowListing<ReportSummary>.tableRowCount)
    }

    @Test("--reveal shows masked values", arguments: [false, true])
    func revealed(isRevealed: Bool) throws {
        let output = RecordedOutput()
        var listing = RowListing(.table, on: output.console(), ReportRow.members(isRevealed: isRevealed))
        try listing.add(.fixture(externalInfo: #"{"cpf":"10020030088"}"#))
        try listing.finish()
        #expect(output.text.contains("cpf=10020030088") == isRevealed)
    }

    @Test(
        "personal data in externalInfo is masked in a table, and in every format on a terminal",
        arguments: OutputFormat.allCases)
    func persons(format: OutputFormat) throws {
        let report = ReportSummary.fixture(externalInfo: #"{"cpf":"10020030088","traceId":"t-1"}"#)
        let text = try Self.text([report], format)
        #expect(text.contains("10020030088") == (format != .table))
        #expect(text.contains("cpf=•••••••••88 traceId=t-1") == (format == .table))
        #expect(try !Self.text([report], format, isTerminal: true).contains("10020030088"))
    }
}
