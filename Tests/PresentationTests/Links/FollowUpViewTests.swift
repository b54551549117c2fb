import Deliveries
import Foundation
import Journal
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("links list --follow-ups")
struct FollowUpViewTests {
    private static let records = [
        FollowUpRecord(
            followUp: FollowUp(
                id: 8,
                order: FollowUpOrder(
                    source: "ezid", task: "ezid-claims", subject: "u-1", cause: DeliveryID(rawValue: 7)),
                attemptCount: 3),
            state: .failed, nextAttemptAt: nil, fetched: nil, problem: "=rejected\u{1b}[31m"),
        FollowUpRecord(
            followUp: FollowUp(
                id: 7, order: FollowUpOrder(source: "certn", task: "centric-report", subject: "C-1"), attemptCount: 1),
            state: .waiting, nextAttemptAt: .fixture, fetched: nil, problem: "the report file is PENDING"),
        FollowUpRecord(
            followUp: FollowUp(
                id: 6, order: FollowUpOrder(source: "certn", task: "centric-case", subject: "C-1/E-1"), attemptCount: 1),
            state: .done, nextAttemptAt: nil, fetched: DeliveryID(rawValue: 42), problem: nil),
    ]

    private static func text(_ records: [FollowUpRecord], _ format: OutputFormat) throws -> String {
        let output = RecordedOutput()
        var listing = RowListing(format, on: output.console(isTerminal: false, width: 120), FollowUpRecord.members)
        try listing.print(records)
        return output.text
    }

    @Test("three follow-ups are printed in each format", arguments: OutputFormat.allCases)
    func three(format: OutputFormat) throws {
        try GoldenFile.expect(try Self.text(Self.records, format), in: "follow-ups-three.\(format.rawValue).txt")
    }

    @Test("an empty listing has only the header or the brackets of its format")
    func none() throws {
        #expect(try Self.text([], .table).isEmpty)
        #expect(try Self.text([], .json) == "[]\n")
        #expect(try Self.text([], .ndjson).isEmpty)
    }

    @Test("control characters are escaped in every format except CSV", arguments: OutputFormat.allCases)
    func controls(format: OutputFormat) throws {
        #expect(try Self.text(Self.records, format).unicodeScalars.contains("\u{1b}") == format.isCSV)
    }

    @Test("docs/cli-json.md lists every member of a follow-up")
    func names() throws {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "docs/cli-json.md"), encoding: .utf8)
        let section = try #require(
            page.components(separatedBy: "\n## ").first { $0.hasPrefix("`callbox links list --follow-ups`") })
        for name in FollowUpRecord.members.compactMap(\.name) { #expect(section.contains("`\(name)`"), "\(name)") }
    }

    @Test("on a narrow terminal, other columns are omitted before the subject is cut", arguments: [80, 120, 160])
    func widths(width: Int) throws {
        let output = RecordedOutput()
        var listing = RowListing(.table, on: output.console(isTerminal: true, width: width), FollowUpRecord.members)
        try listing.print(Self.records)
        let lines = output.text.split(separator: "\n")
        for line in lines { #expect(line.count <= width) }
        #expect(lines[2].contains("centric-report  C-1"))
        #expect(lines[2].hasSuffix("the report file is PENDING"))
    }
}
