import Deliveries
import Foundation
import Journal
import Providers
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("links show")
struct LinkViewTests {
    @Test("three links are printed as text", arguments: [0, 1, 2])
    func lines(position: Int) throws {
        let progress = LinkProgress.samples[position]
        let text =
            LinkView.lines(progress, [], .standard, on: RecordedOutput().console()).joined(separator: "\n") + "\n"
        try GoldenFile.expect(text, in: "link-\(progress.link.id).txt")
        #expect(!text.contains("opens-everything"))
    }

    @Test("follow-ups are shown with their state, next attempt and result")
    func followUps() throws {
        let order = FollowUpOrder(source: "certn", task: "centric-case", subject: "C-1")
        let followUp = FollowUp(id: 8, order: order, attemptCount: 1)
        let records = [
            FollowUpRecord(
                followUp: followUp, state: .waiting, nextAttemptAt: .fixture, fetched: nil, problem: "PENDING"),
            FollowUpRecord(
                followUp: followUp, state: .done, nextAttemptAt: nil, fetched: DeliveryID(rawValue: 9), problem: nil),
        ]
        let lines = LinkView.lines(LinkProgress.samples[0], records, .standard, on: RecordedOutput().console())
        #expect(
            lines.suffix(3) == [
                "Follow-ups", "  centric-case  C-1  waiting  next try 2026-11-02T10:00:00.250Z: PENDING",
                "  centric-case  C-1  done     callbox show 9",
            ])
        let text = LinkView.json(LinkProgress.samples[0], records, .standard).compact
        let json = try JSONDocument(parsing: Array(text.utf8)).root["followUps"]
        #expect(json?.elements.map { $0["state"]?.string } == ["waiting", "done"])
        #expect(json?.elements.map { $0["fetched"]?.rawText } == ["null", "9"])
    }

    @Test("each member of the JSON object has its value")
    func values() throws {
        let json = try JSONDocument(parsing: Array(LinkView.json(LinkProgress.samples[0], .standard).compact.utf8)).root
        let expected = [
            ("id", "12"), ("createdAt", "\"2026-11-02T10:00:00.250Z\""), ("provider", "\"certificall\""),
            ("api", "\"https://api.example.com/v1\""), ("state", "\"created\""), ("note", "null"),
            ("expiresAt", "\"2026-11-02T10:00:00.250Z\""),
            (
                "keys",
                #"[{"name":"magicLinkToken","value":"[masked]"},{"name":"reportId","value":"case-001"}]"#
            ),
            ("externalInfo", #"{"source":"=1+1"}"#), ("expectations", #"["certificate"]"#), ("missing", "[]"),
            ("isPending", "false"),
            (
                "arrivals",
                #"[{"type":"certificate","deliveryId":42,"receivedAt":"2026-11-02T10:00:00.250Z"}]"#
            ),
        ]
        #expect(json.members.map(\.name) == expected.map(\.0))
        #expect(json.members.map(\.value.rawText) == expected.map(\.1))
    }

    @Test("docs/cli-json.md lists every member of a link", arguments: ["list", "create"])
    func documented(command: String) throws {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "docs/cli-json.md"), encoding: .utf8)
        let section = try #require(
            page.split(separator: "\n## ").first { $0.prefix { $0 != "\n" }.contains("`callbox links \(command)") })
        let json = try JSONDocument(parsing: Array(LinkView.json(LinkProgress.samples[0], .standard).compact.utf8)).root
        var names = json.members.map(\.name)
        names += json["keys"]?.elements.first { _ in true }?.members.map(\.name) ?? []
        names += json["arrivals"]?.elements.first { _ in true }?.members.map(\.name) ?? []
        if command == "create" {
            names = [
                "link", "keys", "expiresAt", "linkURL", "emailLink", "url", "shortId", "overallStatus", "inviteLink",
                "reportStatus", "reportId", "error",
            ]
        }
        for name in names { #expect(section.contains("`\(name)`"), "\(name)") }
        #expect(names.count > 10)
    }

    @Test(
        "a link is pending while an expectation is not met or, without expectations, until a report arrives",
        arguments: LinkState.allCases)
    func isPending(state: LinkState) {
        let type = LinkExpectation("certificate", field: nil)
        let arrival = LinkArrival(type: "certificate", deliveryID: DeliveryID(rawValue: 1), receivedAt: .fixture)
        let counts = state == .requested || state == .created
        let expecting = Link.fixture(state: state, expectations: [type])
        #expect(LinkProgress.fixture(expecting, arrivals: [arrival], missing: [type]).isPending == counts)
        #expect(!LinkProgress.fixture(expecting, arrivals: [arrival]).isPending)
        let unknown = Link.fixture(state: state)
        #expect(LinkProgress.fixture(unknown).isPending == counts)
        #expect(!LinkProgress.fixture(unknown, arrivals: [arrival]).isPending)
    }
}
