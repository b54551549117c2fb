import CallboxConfiguration
import Deliveries
import Foundation
import Quarantine
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import Presentation
@testable import ReportIndex

@Suite("Explanation of how a delivery was processed")
struct DeliveryExplanationTests {
    private static func configuration() throws -> CallboxConfiguration {
        try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
    }

    private static func lines(
        _ delivery: ArchivedDelivery, reports: [DeliveredReport] = [], release: QuarantineRelease? = nil,
        pruning: BodyPruning? = nil, configured configuration: CallboxConfiguration? = nil
    ) throws -> [String] {
        DeliveryExplanation(
            kept: KeptDelivery(delivery: delivery, bodyByteCount: 7, pruning: pruning), reports: reports,
            release: release,
            configuration: try configuration ?? Self.configuration(), environment: [:]
        ).lines(on: RecordedOutput().console())
    }

    @Test(
        "a sample of each provider is explained",
        arguments: [
            "klavi/link-created-event", "certn/legacy-applicant-complete", "certn/centric-case-report-ready",
            "ezid/redirect-login-hint", "certificall/hmac-hex-certificate",
        ])
    func sample(name: String) throws {
        let view = DeliveryView.sample(name)
        let text = try Self.lines(view.delivery, reports: view.reports).joined(separator: "\n") + "\n"
        try GoldenFile.expect(text, in: "explain-\(name.replacing("/", with: "-")).txt")
    }

    @Test("times are in the local time zone on a terminal, and in RFC 3339 in other outputs")
    func zone() throws {
        var console = RecordedOutput().console(isTerminal: true, width: 200)
        console.clock = try #require(DayClock(zoneNamed: "America/Sao_Paulo"))
        let view = DeliveryView.sample("klavi/link-created-event")
        let explanation = DeliveryExplanation(
            kept: KeptDelivery(delivery: view.delivery, bodyByteCount: 7, pruning: nil), reports: view.reports,
            release: nil, configuration: try Self.configuration(), environment: [:])
        let local = console.time(view.delivery.request.receivedAt)
        #expect(explanation.lines(on: console).contains("  Received at \(local) by this machine's clock."))
        let received = view.delivery.request.receivedAt.rfc3339
        #expect(
            explanation.lines(on: RecordedOutput().console()).contains(
                "  Received at \(received) by this machine's clock."))
    }

    private static let release = QuarantineRelease(
        quarantineID: QuarantineID(rawValue: 3), releasedAt: .fixture, reason: "no signature header",
        forcedBecause: "case\u{1b}-1")

    @Test("a release from the quarantine is shown with its reason, escaped for a terminal")
    func released() throws {
        let lines = try Self.lines(.fixture(verification: .failed, secretName: nil), release: Self.release)
        #expect(lines.contains("  Accepted although verification failed."))
        #expect(
            lines.contains(
                "  Released from quarantine (q3) at 2026-11-02T10:00:00.250Z; rejected because: no signature header."
            ))
        #expect(lines.contains("  Released with --force: case\\u{1b}-1"))
        #expect(lines.contains("  Today: rejected, no signature header."))
    }

    @Test("a fetched response has no sender, no signature check and no time of sending")
    func fetched() throws {
        let request = InboundRequest.fixture(
            method: "GET", target: "/api/public/cases/C-1/?token=x",
            headers: [HeaderField("X-Klavi-Timestamp", "1793613600")], body: "{}", peer: "api")
        let lines = try Self.lines(.fixture(source: "certn", request: request, verification: .fetched, secretName: nil))
        #expect(
            lines.dropFirst() == [
                "", "Source", "  GET /api/public/cases/C-1/?token=[masked], a request to the provider's API.",
                "  Filed under source certn, provider certn.", "", "Verification",
                "  Fetched from the provider's API because of an earlier delivery or a link.", "", "Clock",
                "  Received at 2026-11-02T10:00:00.250Z by this machine's clock.",
            ])
    }

    @Test("a removed source is reported")
    func unknownSource() throws {
        let lines = try Self.lines(.fixture(source: "gone"))
        #expect(lines.contains("  Matched source gone, which is no longer configured."))
        #expect(lines.contains("  Today: rejected, because the source is not configured."))
    }

    @Test("if a secret cannot be read, its environment variable is named and no signature is checked")
    func unreadableSecret() throws {
        let configuration = try ConfigurationFile.parse(
            "sources: {klavi: {secrets: [{name: k, env: NOWHERE}]}}", file: "c.yaml")
        let lines = try Self.lines(.sample("klavi/link-created-event"), configured: configuration)
        #expect(lines.contains { $0.hasPrefix("  Today: not checked, ") && $0.contains("NOWHERE") })
    }

    @Test("the explanation checks the signature again with the current configuration")
    func today() throws {
        let none = try ConfigurationFile.parse("sources: {klavi: {verify: none}}", file: "c.yaml")
        #expect(
            try Self.lines(.sample("klavi/link-created-event"), configured: none).contains(
                "  Today: accepted without verification.")
        )
        #expect(try Self.lines(.sample("klavi/link-created-event")).contains("  Today: verified by secret 'primary'."))
    }

    @Test("a pruned delivery is explained without its body")
    func pruned() throws {
        let pruning = BodyPruning(prunedAt: .fixture, reason: "older than 'keep: 5d' of the source")
        let view = DeliveryView.sample("klavi/link-created-event")
        let lines = try Self.lines(view.delivery, reports: view.reports, pruning: pruning)
        let today = "Today: not checked, because the body was pruned at 2026-11-02T10:00:00.250Z: \(pruning.reason)."
        #expect(lines.contains("  " + today))
        #expect(lines.contains("  Parsed as 'link_created' of klavi."))
        #expect(!lines.contains { $0.contains("Repeats are recognised by the key") })
    }

    @Test("without a configuration, a signature is not checked if the environment does not contain the secret")
    func missingSecret() throws {
        let lines = try Self.lines(.sample("klavi/link-created-event"), configured: CallboxConfiguration())
        let reason = "because the source's secret is not set in this shell ("
        #expect(lines.contains { $0.hasPrefix("  Today: not checked, \(reason)") })
    }

    @Test("received data is escaped for a terminal")
    func hostile() throws {
        let hostile = HostileText.sample
        let request = InboundRequest.fixture(
            method: hostile, target: "/klavi/\(hostile)", headers: [HeaderField("X-Klavi-Timestamp", hostile)],
            peer: hostile)
        let report = DeliveredReport(
            report: .fixture(type: hostile, route: Route(rule: .specific, topic: hostile), problem: hostile),
            attemptNumber: 2, fields: [])
        for source in ["klavi", hostile] {
            let lines = try Self.lines(
                .fixture(source: source, request: request, secretName: hostile), reports: [report])
            #expect(HostileText.hostile(in: lines.joined(separator: "\n"), layout: ["\n"]).isEmpty)
        }
    }
}
