import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Klavi's triggers")
struct KlaviTriggerTests {
    private static let eventNames = [
        "link_created", "consent_authorised", "consent_error", "consent_rejected", "consent_expired",
        "consent_revoked", "consent_deleted_by_user", "product_request_received", "product_generated_success",
        "product_generated_failed", "link_action_status",
    ]

    @Test("every event can be triggered for an invented person", arguments: eventNames)
    func triggersEvent(name: String) throws {
        let session = KlaviDesk.open()
        try session.trigger(Trigger(type: name, externalInfo: [.init("z", "1"), .init("a", "2")]))
        let callback = try #require(session.sent.first)
        #expect(callback.type == name)
        #expect(callback.url == "http://127.0.0.1:1/console")
        #expect(callback.event["eventName"] == .string(name))
        #expect(callback.text.hasSuffix(#""externalInfo":{"z":"1","a":"2"}}]"#))
        #expect(callback.event["payload"]?["linkId"]?.string.flatMap(UUID.init(uuidString:)) != nil)
        #expect(callback.event["payload"]?["personalTaxId"] == "12345678909")
        #expect((callback.event["payload"]?["consents"]?["consentId"] != nil) == name.hasPrefix("consent_"))
    }

    @Test("a known link supplies its person, its externalInfo and its rules")
    func takesLink() throws {
        let session = KlaviDesk.open()
        let link = session.link([
            "personalTaxId": "98765432100", "externalInfo": ["a": "1", "b": "2"], "institutionCode": "341",
            "productsCallbackURL": ["pf_loans": "http://link/loans", "other": "http://link/other"],
        ])
        try session.trigger(Trigger(type: "pf_loans", reference: link.id))
        try session.trigger(
            Trigger(type: "pf_credit_card", externalInfo: [.init("b", "3"), .init("c", "4")], reference: link.id))
        try session.trigger(Trigger(type: "pf_loans", reference: link.id, url: "http://127.0.0.1:2/to"))
        try session.trigger(Trigger(type: "link_created", reference: link.id))
        #expect(
            session.sent.map(\.url) == [
                "http://link/loans", "http://link/other", "http://127.0.0.1:2/to", "http://127.0.0.1:1/console",
            ])
        #expect(session.sent[0].json["enquiryCpf"] == "98765432100")
        #expect(session.sent[0].json["externalInfo"] == ["a": "1", "b": "2"])
        #expect(session.sent[0].json["links"]?.elements?.first?["institutionCode"] == "341")
        #expect(session.sent[1].json["externalInfo"] == ["a": "1", "b": "3", "c": "4"])
        #expect(session.sent[3].event["payload"]?["personalTaxId"] == "98765432100")
    }

    @Test("an event about a consent of a known link changes that consent")
    func settles() throws {
        let session = KlaviDesk.open()
        let link = session.link()
        let access = session.logIn()
        let request: JSON = ["taxId": .string(KlaviDesk.cpf), "products": ["all"]]
        func status() -> Int {
            session.call("POST", "/data/v1/personal/user-data", request, token: access).status
        }
        #expect(status() == 416)
        try session.trigger(Trigger(type: "consent_authorised", reference: link.id))
        #expect(session.sentTypes == ["consent_authorised"])
        #expect(status() == 200)
        try session.trigger(Trigger(type: "consent_expired", reference: link.id))
        #expect(status() == 416)
        let all = session.call("GET", "/data/v1/consents", token: access).json.elements
        #expect(all?.map { $0["status"] } == ["EXPIRED"])
    }

    @Test(
        "the error for an unknown event or product lists the known events",
        arguments: ["link_craeted", "", "pf_", "pf_Checking", "pf_a b", "income", "analysis_finished"])
    func rejectsKinds(type: String) throws {
        let session = KlaviDesk.open()
        let failure = #expect(throws: SandboxFailure.self) { try session.trigger(Trigger(type: type)) }
        #expect(failure?.message.contains("link_created") == true)
    }

    @Test("a trigger of an event with a size, or of a report with a malformed URL, is rejected")
    func rejectsOptions() throws {
        let session = KlaviDesk.open()
        for trigger in [
            Trigger(type: "link_created", byteCount: 5000), Trigger(type: "pf_loans", url: "file:///x"),
        ] {
            #expect(throws: SandboxFailure.self) { try session.trigger(trigger) }
        }
        #expect(session.sent.isEmpty)
    }

    @Test("a registered URL replaces the earlier URL; a malformed URL or a scheme is rejected")
    func registers() throws {
        let session = KlaviDesk.open()
        try session.register("https://b.example/k")
        #expect(throws: SandboxFailure.self) { try session.register("nowhere") }
        #expect(throws: SandboxFailure.self) { try session.register("https://a.example", scheme: "hmac") }
        try session.trigger(Trigger(type: "link_created"))
        #expect(session.sent.map(\.url) == ["https://b.example/k"])
    }
}
