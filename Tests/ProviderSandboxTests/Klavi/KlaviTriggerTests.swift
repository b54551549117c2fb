import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's triggers")
struct KlaviTriggerTests {
    private static let eventNames = [
        "link_created", "consent_authorised", "consent_error", "consent_rejected", "consent_expired",
        "consent_revoked", "consent_deleted_by_user", "product_request_received", "product_generated_success",
        "product_generated_failed", "link_action_status",
    ]

    @Test("Every event can be made to happen, about somebody made up", arguments: eventNames)
    func triggersEvent(name: String) throws {
        var session = try KlaviSession()
        try session.trigger(Trigger(kind: name, externalInfo: [.init("z", "1"), .init("a", "2")]))
        let callback = try #require(session.sent.first)
        #expect(callback.kind == name)
        #expect(callback.url == "http://127.0.0.1:1/console")
        #expect(callback.event["eventName"] == .string(name))
        #expect(callback.text.hasSuffix(#""externalInfo":{"z":"1","a":"2"}}]"#))
        #expect(callback.event["payload"]?["linkId"]?.string.flatMap(UUID.init(uuidString:)) != nil)
        #expect(callback.event["payload"]?["personalTaxId"] == "12345678909")
        #expect((callback.event["payload"]?["consents"]?["consentId"] != nil) == name.hasPrefix("consent_"))
    }

    @Test("Events about products and about a link's action carry what they are about")
    func detailsEvents() throws {
        var session = try KlaviSession()
        let common = ["institutionCode", "linkId", "personalTaxId", "businessTaxId"]
        for (name, details) in [
            ("product_request_received", ["requestId", "products"]),
            ("product_generated_success", ["requestId", "productName", "productReportId"]),
            ("product_generated_failed", ["requestId", "productName", "message"]),
            ("link_action_status", ["status"]),
        ] {
            try session.trigger(Trigger(kind: name))
            let payload = try #require(session.sent.last?.event["payload"])
            #expect(payload.members.map { Set($0.map(\.name)) } == Set(common + details))
        }
        #expect(session.sent.last?.event["payload"]?["status"] == "consent_authorised")
        #expect(session.sent.first?.event["payload"]?["products"] == ["pf_checking_account"])
    }

    @Test("A reference that is no known link is the link's id")
    func takesReference() throws {
        var session = try KlaviSession()
        try session.trigger(Trigger(kind: "pf_loans", reference: "my-link"))
        let callback = try #require(session.sent.first)
        #expect(callback.reference == "my-link")
        #expect(callback.group == "klavi:my-link")
        #expect(callback.json["links"]?.elements?.first?["linkId"] == "my-link")
    }

    @Test("A known link gives its person, its externalInfo and its rules")
    func takesLink() throws {
        var session = try KlaviSession()
        let link = try session.link([
            "personalTaxId": "98765432100", "externalInfo": ["a": "1", "b": "2"], "institutionCode": "341",
            "productsCallbackURL": ["pf_loans": "http://link/loans", "other": "http://link/other"],
        ])
        try session.trigger(Trigger(kind: "pf_loans", reference: link.id))
        try session.trigger(
            Trigger(kind: "pf_credit_card", externalInfo: [.init("b", "3"), .init("c", "4")], reference: link.id))
        try session.trigger(Trigger(kind: "pf_loans", reference: link.id, url: "http://127.0.0.1:2/to"))
        try session.trigger(Trigger(kind: "link_created", reference: link.id))
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

    @Test("A consent's event about a known link changes that consent")
    func settles() throws {
        var session = try KlaviSession()
        let link = try session.link()
        let access = try session.logIn()
        let request: JSON = ["taxId": .string(KlaviSession.cpf), "products": ["all"]]
        func status() throws -> Int {
            try session.call("POST", "/data/v1/personal/user-data", request, token: access).status
        }
        #expect(try status() == 416)
        try session.trigger(Trigger(kind: "consent_authorised", reference: link.id))
        #expect(session.sentKinds == ["consent_authorised"])
        #expect(try status() == 200)
        try session.trigger(Trigger(kind: "consent_expired", reference: link.id))
        #expect(try status() == 416)
        let all = try session.call("GET", "/data/v1/consents", token: access).json.elements
        #expect(all?.map { $0["status"] } == ["EXPIRED"])
    }

    @Test("Without any URL a trigger is refused with what to do")
    func refusesWithoutURL() throws {
        var session = try KlaviSession(console: nil)
        for kind in ["link_created", "pf_loans"] {
            let refusal = #expect(throws: SandboxRefusal.self) { try session.trigger(Trigger(kind: kind)) }
            #expect(refusal?.text.contains("register") == true)
            #expect(refusal?.text.contains("--to") == true)
        }
        #expect(session.sent.isEmpty)
        try session.trigger(Trigger(kind: "link_created", url: "http://127.0.0.1:2/"))
        try session.trigger(Trigger(kind: "pf_loans", url: "http://127.0.0.1:2/"))
        #expect(session.sent.map(\.url) == ["http://127.0.0.1:2/", "http://127.0.0.1:2/"])
    }

    @Test(
        "Words that are no event and no product are refused, and say what there is",
        arguments: ["link_craeted", "", "pf_", "pf_Checking", "pf_a b", "income", "analysis_finished"])
    func refusesKinds(kind: String) throws {
        var session = try KlaviSession()
        let refusal = #expect(throws: SandboxRefusal.self) { try session.trigger(Trigger(kind: kind)) }
        #expect(refusal?.text.contains("link_created") == true)
    }

    @Test("Sizes that cannot be, sizes for events and URLs that are none are refused")
    func refusesOptions() throws {
        var session = try KlaviSession()
        for trigger in [
            Trigger(kind: "pf_loans", byteCount: -1), Trigger(kind: "pf_loans", byteCount: 2 << 30),
            Trigger(kind: "link_created", byteCount: 5000), Trigger(kind: "pf_loans", url: "file:///x"),
        ] {
            #expect(throws: SandboxRefusal.self) { try session.trigger(trigger) }
        }
        #expect(session.sent.isEmpty)
    }

    @Test("Registering takes the place of what was there; no URL, or a scheme, is refused")
    func registers() throws {
        var session = try KlaviSession()
        try session.register("https://b.example/k")
        #expect(throws: SandboxRefusal.self) { try session.register("nowhere") }
        #expect(throws: SandboxRefusal.self) { try session.register("https://a.example", scheme: "hmac") }
        try session.trigger(Trigger(kind: "link_created"))
        #expect(session.sent.map(\.url) == ["https://b.example/k"])
    }
}
