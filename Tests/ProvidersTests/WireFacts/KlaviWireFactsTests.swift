import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

/// Klavi's wire facts: each title begins with the section of klavi-reference that has the fact.
@Suite("Wire facts: Klavi")
struct KlaviWireFactsTests {
    let provider = KlaviProvider()
    static let handshake = Screening.handshake(.json(200, #"{"ok":true}"#), event: "connectivity test")

    static func hex(_ body: String) -> String {
        Hex.encode(TestCode.hmac(key: "klavi-test-secret", Array(body.utf8)))
    }

    func verify(
        _ body: String, signature: String?, others: [HeaderField] = [], acceptsCompacted: Bool = false
    ) -> OriginCheck {
        let headers = others + (signature.map { [HeaderField("X-Klavi-Signature", $0)] } ?? [])
        return KlaviProvider(acceptsCompacted: acceptsCompacted)
            .verify(.with(headers: headers, body: Array(body.utf8)), with: [SampleSources.klaviSecret])
    }

    func screen(
        _ method: String, _ target: String = "/klavi", headers: [HeaderField] = [], body: String = "",
        redirects: RedirectPolicy = .none
    ) -> Screening {
        provider.screen(
            .with(method: method, target: target, headers: headers, body: Array(body.utf8)), redirects: redirects)
    }

    func only(_ body: String, headers: [HeaderField] = []) throws -> ReportContent {
        let reports = provider.parse(body: body, headers: headers)
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    func expectProduct(_ name: String) throws {
        let report = try only(#"{"code":200,"productName":"\#(name)","productReportId":"1","links":[]}"#)
        #expect(report.type == name && report.dedupeKey == "report:1" && report.problem == nil)
        #expect(!KlaviProvider.typesWithoutCallbackURL.contains(name))
        try expectRouted(name)
    }

    func expectRouted(_ type: String) throws {
        let named = try RouteTable([RouteEntry(key: type, topic: "named"), RouteEntry(key: "other", topic: "rest")])
        let rest = try RouteTable([
            RouteEntry(key: "pf_named", topic: "named"), RouteEntry(key: "other", topic: "rest"),
        ])
        let all = try RouteTable([RouteEntry(key: "all", topic: "everything")])
        #expect(named.route(forType: type) == Route(rule: .specific, topic: "named"))
        #expect(rest.route(forType: type) == Route(rule: .other, topic: "rest"))
        #expect(all.route(forType: type) == Route(rule: .all, topic: "everything"))
        #expect(RouteTable.empty.route(forType: type) == nil)
    }
}
