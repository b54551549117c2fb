import Deliveries
import Journal
import Providers
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("links list")
struct LinkListingTests {
    private static func text(
        _ links: [LinkProgress], _ format: OutputFormat, isTerminal: Bool = false
    ) throws -> String {
        let output = RecordedOutput()
        var listing = RowListing(
            format, on: output.console(isTerminal: isTerminal, width: 120),
            LinkProgress.members(.standard, masks: isTerminal),
            json: { LinkView.json($0, .standard, masks: isTerminal) })
        for link in links { try listing.add(link) }
        #expect(listing.count == links.count)
        try listing.finish()
        #expect(output.errorText.isEmpty)
        return output.text
    }

    @Test(
        "an empty listing has only the header or the brackets of its format",
        arguments: [
            (OutputFormat.table, ""), (.json, "[]\n"), (.ndjson, ""),
            (.csv, LinkProgress.members(.standard).compactMap(\.name).joined(separator: ",") + "\n"),
        ])
    func none(format: OutputFormat, expected: String) throws {
        #expect(try Self.text([], format) == expected)
    }

    @Test("three links are printed in each format", arguments: OutputFormat.allCases)
    func three(format: OutputFormat) throws {
        try GoldenFile.expect(try Self.text(LinkProgress.samples, format), in: "links-three.\(format.rawValue).txt")
    }

    @Test("each format contains the same links")
    func sameLinks() throws {
        let lines = try Self.text(LinkProgress.samples, .ndjson).split(separator: "\n").map { line in
            try JSONDocument(parsing: Array(line.utf8)).root.rawText
        }
        let array = try JSONDocument(parsing: Array(Self.text(LinkProgress.samples, .json).utf8)).root.elements
        #expect(array.map(\.rawText) == lines)
        #expect(lines.count == 3)
        #expect(try Self.text(LinkProgress.samples, .csv).split(separator: "\n").count == 1 + lines.count)
    }

    @Test("personal data is masked in a table, and in every format on a terminal", arguments: OutputFormat.allCases)
    func personalData(format: OutputFormat) throws {
        let link = LinkProgress.fixture(
            .fixture(keys: [ReportField("personalTaxId", "12345678901")], externalInfo: #"{"mail":"ana@example.com"}"#))
        let masked = try Self.text([link], format, isTerminal: true)
        #expect(!masked.contains("12345678901") && !masked.contains("ana@"))
        let piped = try Self.text([link], format)
        #expect(piped.contains("12345678901") == (format != .table))
        #expect(piped.contains("ana@") == (format != .table))
    }

    @Test("a spreadsheet does not read a value as a formula")
    func formulas() throws {
        let text = try Self.text(LinkProgress.samples, .csv)
        #expect(text.contains("'@the provider rejected"))
        let link = LinkProgress.fixture(.fixture(note: "=HYPERLINK(1)"))
        #expect(try Self.text([link], .csv).contains("'=HYPERLINK(1)"))
    }

    @Test("the token of a magic link is masked in every format", arguments: OutputFormat.allCases)
    func masked(format: OutputFormat) throws {
        let text = try Self.text(LinkProgress.samples, format)
        #expect(!text.contains("opens-everything"))
        #expect(text.contains("[masked]"))
    }

    @Test("with any externalInfo, a link is a single line of ndjson")
    func oneLine() throws {
        let link = LinkProgress.fixture(.fixture(externalInfo: "{\r\n\t\"a\" : [ 1,\n 2 ]\n}"))
        let text = try Self.text([link, link], .ndjson)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
        let json = try JSONDocument(parsing: Array(text.split(separator: "\n")[0].utf8)).root
        #expect(json["externalInfo"]?["a"]?.elements.map(\.rawText) == ["1", "2"])
    }

    @Test("control characters of a link are escaped in every format", arguments: OutputFormat.allCases)
    func hostile(format: OutputFormat) throws {
        let hostile = HostileText.sample
        let quoted = "\"\u{9b}\u{202e}\u{200b}\u{2028}\u{feff}\u{7f}\""
        let link = LinkProgress.fixture(
            .fixture(
                provider: hostile, api: hostile, keys: [ReportField(hostile, hostile)],
                externalInfo: "{\(quoted):\(quoted)}", note: hostile),
            arrivals: [LinkArrival(type: hostile, deliveryID: DeliveryID(rawValue: 1), receivedAt: .fixture)],
            missing: [LinkExpectation(hostile, field: ReportField(hostile, hostile))])
        let text = try Self.text([link, link], format, isTerminal: true)
        #expect(HostileText.hostile(in: text, layout: ["\n"]).isEmpty)
        #expect(text.contains(format == .json || format == .ndjson ? "\\u001b[31m" : "\\u{1b}[31m"))
    }

    @Test(
        "on a narrow terminal, other columns are omitted before the missing reports are cut", arguments: [80, 120, 160])
    func widths(width: Int) throws {
        let output = RecordedOutput()
        var listing = RowListing(
            .table, on: output.console(isTerminal: true, width: width), LinkProgress.members(.standard))
        try listing.print(LinkProgress.samples)
        let lines = output.text.split(separator: "\n")
        for line in lines { #expect(line.count <= width) }
        #expect(lines[2].contains("pf_checking_account pf_credit_card"))
        #expect(lines[2].contains("11") && lines[2].contains("requested"))
    }
}
