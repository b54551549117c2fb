import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Klavi's report requests")
struct KlaviReportRequestTests {
    private static let path = "/data/v1/personal/user-data"
    private static let fields: JSON = ["taxId": "12345678909", "products": ["pf_checking_account"]]

    /// Creates a person with one authorised consent at institution 033. Also creates an access token.
    private static func ready(
        _ link: JSON = ["personalTaxId": "12345678909", "externalInfo": ["traceId": "link"]]
    ) -> (session: KlaviDesk, link: String, access: String) {
        let session = KlaviDesk.open()
        let link = session.link(link)
        _ = session.decide(link.token)
        let access = session.logIn()
        session.sent = []
        return (session, link.id, access)
    }

    @Test("a request is confirmed first, then its reports are sent, and then their events")
    func answers() throws {
        let (session, link, access) = Self.ready()
        let body = Self.fields.setting("products", ["pf_credit_card", "pf_loans", "pf_credit_card"])
        let reply = session.call("POST", Self.path, body, token: access)
        #expect(reply.status == 200)
        #expect(reply.text.wholeMatch(of: /\{"requestId":"[0-9a-f-]{36}","message":"ok"\}/) != nil)
        #expect(
            session.sentTypes == [
                "product_request_received", "pf_credit_card", "pf_loans", "product_generated_success",
                "product_generated_success",
            ])
        let id = try #require(reply.json["requestId"])
        #expect(session.sent[0].event["payload"]?["requestId"] == id)
        #expect(session.sent[0].event["payload"]?["products"] == ["pf_credit_card", "pf_loans"])
        #expect(session.sent[1].json["requestId"] == id)
        #expect(session.sent[2].json["requestId"] == id)
        #expect(session.sent[4].event["payload"]?["productName"] == "pf_loans")
        #expect(Set(session.sent.map(\.group)) == ["klavi:\(link)"])
    }

    @Test("the externalInfo of a request takes precedence over the externalInfo of the link")
    func echoes() throws {
        let (session, _, access) = Self.ready()
        _ = session.call("POST", Self.path, Self.fields, token: access)
        #expect(
            session.sent.map { $0.json["externalInfo"] ?? $0.event["externalInfo"] }.allSatisfy {
                $0 == ["traceId": "link"]
            })
        session.sent = []
        let body = Self.fields.setting("externalInfo", ["traceId": "request"])
        _ = session.call("POST", Self.path, body, token: access)
        #expect(session.sent[1].json["externalInfo"] == ["traceId": "request"])
    }

    @Test("requests for a person or a company, with or without an institution, are accepted")
    func answersEachPath() throws {
        let (session, _, access) = Self.ready([
            "personalTaxId": "12345678909", "businessTaxId": .string(KlaviDesk.cnpj),
        ])
        let business = Self.fields.setting("taxId", .string(KlaviDesk.cnpj)).setting("products", ["all"])
        for (path, body) in [
            ("personal/institution-data", Self.fields.setting("institutionCode", "033")),
            ("business/institution-data", business.setting("institutionCode", "033")),
            ("business/user-data", business), ("personal/user-data", Self.fields.setting("institutionCode", "033")),
        ] {
            session.sent = []
            #expect(session.call("POST", "/data/v1/\(path)", body, token: access).status == 200)
            let isBusiness = path.hasPrefix("business")
            #expect(session.sent[1].type == (isBusiness ? "pj_checking_account" : "pf_checking_account"))
            #expect(session.sent[1].json["enquiryCnpj"] == (isBusiness ? .string(KlaviDesk.cnpj) : nil))
            #expect(session.sent[1].json["enquiryCpf"] == (isBusiness ? nil : "12345678909"))
        }
    }

    @Test(
        "requests that violate business rules get 416 with the documented codes",
        arguments: [
            ("products", [], 4005, "Invalid products: at least one is needed"),
            ("institutionCode", "999", 4004, "Invalid institutionCode"),
            (
                "productsCallbackURL", ["all": "https://a.example", "other": "https://a.example"], 4006,
                "Invalid productsCallbackURL"
            ),
            ("productsCallbackUrl", ["all": "x"], 4006, "Invalid productsCallbackURL"),
            ("taxId", "98765432100", 4008, "Not enough authorisation information"),
            ("linkId", "unknown", 4008, "Not enough authorisation information"),
            ("consentIds", ["unknown"], 4008, "Not enough authorisation information"),
            ("institutionCode", "001", 4008, "Not enough authorisation information"),
        ] as [(String, JSON, Int, String)])
    func rejectsBusiness(name: String, value: JSON, code: Int, message: String) throws {
        let (session, _, access) = Self.ready()
        for path in ["personal/institution-data", "personal/user-data"] {
            let body = Self.fields.setting("institutionCode", "033").setting(name, value)
            let reply = session.call("POST", "/data/v1/\(path)", body, token: access)
            #expect(reply.status == 416)
            #expect(reply.json == klaviBusinessError(code, message))
        }
        #expect(session.sent.isEmpty)
    }

    @Test("a tax ID alone selects all links, a link ID selects that link, and consent IDs select only those consents")
    func limitsScope() throws {
        let (session, first, access) = Self.ready()
        let second = session.link()
        _ = session.decide(second.token, institution: "917")
        let all = session.call("GET", "/data/v1/consents", token: access).json.elements ?? []
        let ids = try all.map { try #require($0["consentId"]) }
        func links(_ name: String? = nil, _ value: JSON = nil) -> [JSON?] {
            session.sent = []
            let body = name.map { Self.fields.setting($0, value) } ?? Self.fields
            _ = session.call("POST", Self.path, body, token: access)
            return session.sent[1].json["links"]?.elements?.map { $0["linkId"] } ?? []
        }
        #expect(links() == [.string(first), .string(second.id)])
        #expect(links("linkId", .string(first)) == [.string(first)])
        #expect(links("consentIds", [ids[1]]) == [.string(second.id)])
        let mixed = Self.fields.setting("consentIds", [ids[0], "unknown"])
        #expect(
            session.call("POST", Self.path, mixed, token: access).json
                == klaviBusinessError(4008, "Not enough authorisation information"))
        #expect(links("consentIds", []) == [.string(first), .string(second.id)])
        #expect(links("institutionCode", "917") == [.string(second.id)])
    }

    @Test("a request's callback rules override the link's rules, and the link's rules override the registered URL")
    func routes() throws {
        let (session, _, access) = Self.ready([
            "personalTaxId": "12345678909",
            "productsCallbackURL": ["pf_credit_card": "http://link/card", "pf_loans": "http://link/loans"],
        ])
        let products: JSON = ["pf_checking_account", "pf_credit_card", "pf_loans"]
        func urls(_ rules: JSON) -> [String] {
            session.sent = []
            let body = Self.fields.setting("products", products).setting("productsCallbackURL", rules)
            _ = session.call("POST", Self.path, body, token: access)
            #expect(
                session.sent.filter { !$0.type.hasPrefix("pf_") }.allSatisfy { $0.url == "http://127.0.0.1:1/console" })
            return session.sent.filter { $0.type.hasPrefix("pf_") }.map(\.url)
        }
        let console = "http://127.0.0.1:1/console"
        #expect(urls([:]) == [console, "http://link/card", "http://link/loans"])
        #expect(urls(["pf_loans": "http://once/loans"]) == [console, "http://link/card", "http://once/loans"])
        #expect(
            urls(["pf_loans": "http://once/loans", "other": "http://once/other"])
                == ["http://once/other", "http://once/other", "http://once/loans"])
        #expect(urls(["all": "http://once/all"]) == ["http://once/all", "http://once/all", "http://once/all"])
    }
}
