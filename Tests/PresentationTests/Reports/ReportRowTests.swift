import Deliveries
import Foundation
import Journal
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("A report as JSON")
struct ReportRowTests {
    @Test("--json selects members, each once and in the given order")
    func selection() throws {
        #expect(try ReportRow.members().selecting("type, id").compactMap(\.name) == ["type", "id"])
        #expect(Set(ReportRow.names).count == ReportRow.names.count)
        for (list, name) in [("", ""), ("id,", ""), ("ID", "ID"), ("id, kind", "kind")] {
            #expect(throws: PresentationError.unknownMember(name, known: ReportRow.names)) {
                try ReportRow.members().selecting(list)
            }
        }
        #expect(throws: PresentationError.memberNamedTwice("id")) { try ReportRow.members().selecting("id,id") }
    }

    @Test("each property of a report is a member of its JSON")
    func values() throws {
        let report = ReportSummary.fixture(
            deliveryID: 1, ordinal: 2, source: "a-source", provider: "a-provider", type: "a-type",
            providerTime: .fixture,
            route: .init(rule: .other, topic: "a-topic"), externalInfo: "[3]", problem: "a-problem", attemptCount: 4,
            lastDeliveryID: 5, verification: .expired, secretName: "a-secret", bodyByteCount: 6, storedByteCount: 7)
        let json = try JSONDocument(parsing: Array(JSONText.object(ReportRow.members().object(report)).compact.utf8))
            .root
        let expected = [
            ("id", "1"), ("ordinal", "2"), ("receivedAt", "\"2026-11-02T10:00:00.250Z\""), ("source", "\"a-source\""),
            ("provider", "\"a-provider\""), ("type", "\"a-type\""), ("rule", "\"other\""), ("topic", "\"a-topic\""),
            ("externalInfo", "[3]"), ("providerTime", "\"2026-11-02T10:00:00.250Z\""), ("attempt", "1"),
            ("attempts", "4"),
            ("lastId", "5"),
            ("lastReceivedAt", "\"2026-11-02T10:00:00.250Z\""), ("verification", "\"expired\""),
            ("secret", "\"a-secret\""),
            ("bodyBytes", "6"), ("storedBytes", "7"),
            ("bodySHA256", "\"" + String(repeating: "ab", count: 32) + "\""), ("problem", "\"a-problem\""),
            ("bodyPruned", "false"),
        ]
        #expect(json.members.map(\.name) == expected.map(\.0))
        #expect(json.members.map(\.value.rawText) == expected.map(\.1))
    }

    @Test(
        "a list of attempts shows the number of the attempt, and a list of reports the number of attempts",
        arguments: [(true, 4, "1/4"), (true, 1, "1"), (false, 4, "4")])
    func attempts(countsAttempts: Bool, count: Int, expected: String) throws {
        let output = RecordedOutput()
        let members = ReportRow.members(countsAttempts: countsAttempts).filter { ["attempt"].contains($0.name) }
        var listing = RowListing(.table, on: output.console(), members)
        try listing.print([ReportSummary.fixture(attemptCount: count)])
        #expect(output.text.split(separator: "\n").last?.drop { $0 == " " } == expected[...])
    }

    @Test("missing values of a report are null")
    func nulls() throws {
        let report = ReportSummary.fixture(route: nil, externalInfo: nil, secretName: nil)
        let json = try JSONDocument(parsing: Array(JSONText.object(ReportRow.members().object(report)).compact.utf8))
            .root
        for name in ["rule", "topic", "externalInfo", "providerTime", "secret", "problem"] {
            #expect(json[name]?.kind == .null, "\(name)")
        }
    }

    @Test("docs/cli-json.md lists every member of a report", arguments: ReportRow.names)
    func documented(name: String) throws {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "docs/cli-json.md"), encoding: .utf8)
        let section = try #require(page.split(separator: "\n## ").first { $0.hasPrefix("`callbox list`") })
        #expect(section.contains("`\(name)`"))
    }
}
