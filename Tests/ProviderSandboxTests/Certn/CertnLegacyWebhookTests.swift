import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certn legacy: webhooks")
struct CertnLegacyWebhookTests {
    private static let hook = "http://127.0.0.1:8080/certn"

    private static func body(_ callback: Callback) -> JSON {
        JSON(parsing: callback.body) ?? .null
    }

    @Test("a quick screening sends a webhook when it is ordered and when it is complete")
    func quick() throws {
        let bench = LegacyDesk.open()
        try bench.register(Self.hook)
        let json = bench.authorized("POST", "/api/v1/hr/applications/quick/", LegacyDesk.quick).json
        let id = json["id"]?.string ?? ""
        let sent = bench.takeSent()
        #expect(sent.map(\.delay) == [0, 30])
        #expect(sent.allSatisfy { $0.group == id && $0.reference == id && $0.type == "applicant" })
        #expect(sent.allSatisfy { $0.url == Self.hook && $0.method == "POST" && $0.provider == "certn-legacy" })
        #expect(sent.map { Self.body($0)["report_status"]?.string } == ["ANALYZING", "COMPLETE"])
        #expect(sent.first.map(Self.body) == json)
        bench.now += 30
        #expect(sent.last.map(Self.body) == bench.authorized("GET", "/api/v1/hr/applicants/\(id)/").json)
    }

    @Test("an invitation sends a webhook when it is ordered, and when it is complete after the form was submitted")
    func invite() throws {
        let bench = LegacyDesk.open()
        try bench.register(Self.hook)
        let invited = bench.authorized("POST", "/api/v1/hr/applications/invite/", LegacyDesk.invite).json
        let first = bench.takeSent()
        #expect(first.map { Self.body($0)["status"]?.string } == ["Pending"])
        #expect(first.map { Self.body($0)["report_status"]?.string } == ["ANALYZING"])
        let target = (invited["onboarding_link"]?.string ?? "").target
        _ = bench.call("GET", target)
        #expect(bench.takeSent().isEmpty)
        _ = bench.call("POST", target)
        let second = bench.takeSent()
        #expect(second.map(\.delay) == [30])
        #expect(second.map { Self.body($0)["report_status"]?.string } == ["COMPLETE"])
        _ = bench.call("POST", target)
        #expect(bench.takeSent().isEmpty)
    }

    @Test("each attempt is signed with its own time, and a wrong secret results in a different signature")
    func signs() throws {
        let bench = LegacyDesk.open()
        try bench.trigger(Trigger(type: "applicant", url: Self.hook))
        let callback = try #require(bench.takeSent().first)
        let body = Array(#"{"id":"a123b4cd-1a23-1a23-12a3-a123456b7890","report_status":"COMPLETE"}"#.utf8)
        func proof(_ seconds: Int64, _ isWrong: Bool) -> [HeaderField] {
            callback.proof(of: body, ProofConditions(secondsSinceEpoch: seconds, isWrong: isWrong))
        }
        let lines = proof(1_700_000_000, false)
        #expect(lines.map(\.name) == ["Certn-Signature", "Certn-Team-ID"])
        #expect(
            lines.value(of: "Certn-Signature")
                == "t=1700000000,v1=50b1e13dd53e83f52ad70a721833d42adcbe67743e9372aed16320e8f6f441a6")
        #expect(lines.value(of: "Certn-Team-ID") == "254b5bc8-f7ae-431c-8b4c-28fa8221ce13")
        let later = proof(1_700_000_001, false).value(of: "Certn-Signature")
        #expect(later?.hasPrefix("t=1700000001,v1=") == true)
        #expect(later?.suffix(64) != lines.first?.value.suffix(64))
        let wrong = proof(1_700_000_000, true).value(of: "Certn-Signature")
        #expect(wrong?.hasPrefix("t=1700000000,v1=") == true)
        #expect(wrong != lines.first?.value)
    }

    @Test("five response statuses cause up to three retries, and all other statuses end the attempts")
    func retries() throws {
        let bench = LegacyDesk.open()
        try bench.trigger(Trigger(type: "applicant", url: Self.hook))
        let policy = try #require(bench.takeSent().first).policy
        #expect(policy.waits == [1, 2, 4])
        #expect((100...599).filter { !policy.isFinal($0) } == [408, 500, 502, 503, 504])
    }

    @Test("a trigger creates a complete applicant, who can be read afterwards")
    func triggersMadeUp() throws {
        let bench = LegacyDesk.open()
        try bench.trigger(
            Trigger(
                type: "applicant", externalInfo: [.init("order", "7"), .init("count", 2)], url: Self.hook))
        let callback = try #require(bench.takeSent().first)
        let json = Self.body(callback)
        #expect(json["report_status"] == "COMPLETE")
        #expect(json["tag"] == "order=7;count=2")
        #expect(callback.delay == 0)
        let id = json["id"]?.string ?? ""
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/\(id)/").json == json)
        #expect(bench.authorized("GET", "/api/v2/reports/\(id)/pdf/").status == 200)
    }

    @Test("a trigger completes the applicant that it names")
    func triggersKnown() throws {
        let bench = LegacyDesk.open()
        let invited = bench.authorized("POST", "/api/v1/pm/applications/invite/", LegacyDesk.invite).json
        let id = invited["applicant"]?["id"]?.string ?? ""
        try bench.trigger(Trigger(type: "applicant", reference: id, url: Self.hook))
        let json = bench.takeSent().first.map(Self.body)
        #expect(json?["id"]?.string == id)
        #expect(json?["report_status"] == "COMPLETE")
        #expect(bench.authorized("GET", "/api/v1/pm/applicants/\(id)/").json == json)
    }

    @Test("a rejected trigger reports the reason")
    func rejectsTrigger() {
        let bench = LegacyDesk.open()
        #expect(bench.failure(of: Trigger(type: "applicant"))?.contains("register one") == true)
        #expect(bench.failure(of: Trigger(type: "case", url: Self.hook))?.contains("it delivers applicant") == true)
        let unknown = Trigger(type: "applicant", reference: "nobody", url: Self.hook)
        #expect(bench.failure(of: unknown)?.contains("no applicant 'nobody'") == true)
        #expect(bench.failure(of: Trigger(type: "applicant", url: Self.hook, byteCount: 9))?.contains("size") == true)
        #expect(bench.takeSent().isEmpty)
        #expect(bench.failure(of: Trigger(type: "applicant", url: Self.hook)) == nil)
    }
}
