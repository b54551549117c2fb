import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's report requests")
struct KlaviReportRequestTests {
    private static let path = "/data/v1/personal/user-data"
    private static let fields: JSON = ["taxId": "12345678909", "products": ["pf_checking_account"]]

    /// A person with one authorised consent at 033, and an access token.
    private static func ready(
        _ link: JSON = ["personalTaxId": "12345678909", "externalInfo": ["traceId": "link"]]
    ) throws -> (session: KlaviSession, link: String, access: String) {
        var session = try KlaviSession()
        let link = try session.link(link)
        _ = try session.decide(link.token)
        let access = try session.logIn()
        session.sent = []
        return (session, link.id, access)
    }

    @Test("A request is received, each report follows, then each success")
    func answers() throws {
        var (session, link, access) = try Self.ready()
        let body = Self.fields.setting("products", ["pf_credit_card", "pf_loans", "pf_credit_card"])
        let reply = try session.call("POST", Self.path, body, token: access)
        #expect(reply.status == 200)
        #expect(reply.text.wholeMatch(of: /\{"requestId":"[0-9a-f-]{36}","message":"ok"\}/) != nil)
        #expect(
            session.sentKinds == [
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

    @Test("\"all\" stands for the onboarding products", arguments: [["all"], ["pf_loans", "all"]] as [JSON])
    func expandsAll(products: JSON) throws {
        var (session, _, access) = try Self.ready()
        _ = try session.call("POST", Self.path, Self.fields.setting("products", products), token: access)
        #expect(
            session.sentKinds[1...3] == ["pf_checking_account", "pf_credit_card", "pf_categorized_checking_l3"])
    }

    @Test("The request's externalInfo goes before the link's")
    func echoes() throws {
        var (session, _, access) = try Self.ready()
        _ = try session.call("POST", Self.path, Self.fields, token: access)
        #expect(
            session.sent.map { $0.json["externalInfo"] ?? $0.event["externalInfo"] }.allSatisfy {
                $0 == ["traceId": "link"]
            })
        session.sent = []
        let body = Self.fields.setting("externalInfo", ["traceId": "request"])
        _ = try session.call("POST", Self.path, body, token: access)
        #expect(session.sent[1].json["externalInfo"] == ["traceId": "request"])
    }

    @Test("Institution level, company, and both levels together are answered")
    func answersEachPath() throws {
        var (session, _, access) = try Self.ready([
            "personalTaxId": "12345678909", "businessTaxId": .string(KlaviSession.cnpj),
        ])
        let business = Self.fields.setting("taxId", .string(KlaviSession.cnpj)).setting("products", ["all"])
        for (path, body) in [
            ("personal/institution-data", Self.fields.setting("institutionCode", "033")),
            ("business/institution-data", business.setting("institutionCode", "033")),
            ("business/user-data", business), ("personal/user-data", Self.fields.setting("institutionCode", "033")),
        ] {
            session.sent = []
            #expect(try session.call("POST", "/data/v1/\(path)", body, token: access).status == 200)
            let isBusiness = path.hasPrefix("business")
            #expect(session.sent[1].kind == (isBusiness ? "pj_checking_account" : "pf_checking_account"))
            #expect(session.sent[1].json["enquiryCnpj"] == (isBusiness ? .string(KlaviSession.cnpj) : nil))
            #expect(session.sent[1].json["enquiryCpf"] == (isBusiness ? nil : "12345678909"))
        }
    }

    @Test(
        "Wrong fields are a 400",
        arguments: [
            ("taxId", nil, "taxId should not be empty"), ("taxId", "1", "taxId must be 11 digits"),
            ("taxId", .string(KlaviSession.cnpj), "taxId must be 11 digits"),
            ("products", nil, "products should not be empty"), ("products", "all", "products must be an array"),
            ("products", [5], "each value in products must be a string that is not empty"),
            ("products", [""], "each value in products must be a string that is not empty"),
            ("linkId", 5, "linkId must be a string"), ("consentIds", "a", "consentIds must be an array"),
            ("externalInfo", "a", "externalInfo must be an object"),
            ("productsCallbackURL", "a", "productsCallbackURL must be an object"),
            ("institutionCode", 5, "institutionCode must be a string"),
        ] as [(String, JSON, String)])
    func refusesFields(name: String, value: JSON, problem: String) throws {
        var (session, _, access) = try Self.ready()
        let reply = try session.call("POST", Self.path, Self.fields.setting(name, value), token: access)
        #expect(reply.status == 400)
        #expect(reply.json["message"]?.elements?.first == .string(problem))
        #expect(session.sent.isEmpty)
    }

    @Test("The institution level needs an institution; a company's tax id has 14 digits")
    func refusesMissingInstitution() throws {
        var (session, _, access) = try Self.ready()
        let reply = try session.call("POST", "/data/v1/personal/institution-data", Self.fields, token: access)
        #expect(reply.status == 400)
        #expect(reply.json["message"]?.elements?.first == "institutionCode should not be empty")
        #expect(try session.call("POST", "/data/v1/business/user-data", Self.fields, token: access).status == 400)
    }

    @Test(
        "Broken rules of the business are a 416 with their codes",
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
    func refusesBusiness(name: String, value: JSON, code: Int, message: String) throws {
        var (session, _, access) = try Self.ready()
        for path in ["personal/institution-data", "personal/user-data"] {
            let body = Self.fields.setting("institutionCode", "033").setting(name, value)
            let reply = try session.call("POST", "/data/v1/\(path)", body, token: access)
            #expect(reply.status == 416)
            #expect(reply.json == klaviBusinessError(code, message))
        }
        #expect(session.sent.isEmpty)
    }

    @Test("Only authorised consents count: not pending, rejected, revoked or expired ones")
    func countsAuthorised() throws {
        var session = try KlaviSession()
        let link = try session.link()
        func status(_ session: inout KlaviSession) throws -> Int {
            try session.call("POST", Self.path, Self.fields, token: try session.logIn()).status
        }
        #expect(try status(&session) == 416)
        _ = try session.decide(link.token, "reject")
        #expect(try status(&session) == 416)
        _ = try session.decide(link.token)
        #expect(try status(&session) == 200)
        session.now += 366 * 86_400
        #expect(try status(&session) == 416)
        let next = try session.link()
        _ = try session.decide(next.token)
        let access = try session.logIn()
        #expect(try status(&session) == 200)
        let all = try session.call("GET", "/data/v1/consents?linkId=\(next.id)", token: access).json.elements
        let id = try #require(all?.last?["consentId"]?.string)
        _ = try session.call("DELETE", "/data/v1/consents/\(id)/revoke", token: access)
        #expect(try status(&session) == 416)
    }

    @Test("A tax id alone means all links, a link id that link, consent ids those consents")
    func limitsScope() throws {
        var (session, first, access) = try Self.ready()
        let second = try session.link()
        _ = try session.decide(second.token, institution: "917")
        let all = try session.call("GET", "/data/v1/consents", token: access).json.elements ?? []
        let ids = try all.map { try #require($0["consentId"]) }
        func links(_ name: String? = nil, _ value: JSON = nil) throws -> [JSON?] {
            session.sent = []
            let body = name.map { Self.fields.setting($0, value) } ?? Self.fields
            _ = try session.call("POST", Self.path, body, token: access)
            return session.sent[1].json["links"]?.elements?.map { $0["linkId"] } ?? []
        }
        #expect(try links() == [.string(first), .string(second.id)])
        #expect(try links("linkId", .string(first)) == [.string(first)])
        #expect(try links("consentIds", [ids[1]]) == [.string(second.id)])
        let mixed = Self.fields.setting("consentIds", [ids[0], "unknown"])
        #expect(
            try session.call("POST", Self.path, mixed, token: access).json
                == klaviBusinessError(4008, "Not enough authorisation information"))
        #expect(try links("consentIds", []) == [.string(first), .string(second.id)])
        #expect(try links("institutionCode", "917") == [.string(second.id)])
    }

    @Test("The one-time rules go before the link's, these before the registered URL")
    func routes() throws {
        var (session, _, access) = try Self.ready([
            "personalTaxId": "12345678909",
            "productsCallbackURL": ["pf_credit_card": "http://link/card", "pf_loans": "http://link/loans"],
        ])
        let products: JSON = ["pf_checking_account", "pf_credit_card", "pf_loans"]
        func urls(_ rules: JSON) throws -> [String] {
            session.sent = []
            let body = Self.fields.setting("products", products).setting("productsCallbackURL", rules)
            _ = try session.call("POST", Self.path, body, token: access)
            #expect(
                session.sent.filter { !$0.kind.hasPrefix("pf_") }.allSatisfy { $0.url == "http://127.0.0.1:1/console" })
            return session.sent.filter { $0.kind.hasPrefix("pf_") }.map(\.url)
        }
        let console = "http://127.0.0.1:1/console"
        #expect(try urls([:]) == [console, "http://link/card", "http://link/loans"])
        #expect(try urls(["pf_loans": "http://once/loans"]) == [console, "http://link/card", "http://once/loans"])
        #expect(
            try urls(["pf_loans": "http://once/loans", "other": "http://once/other"])
                == ["http://once/other", "http://once/other", "http://once/loans"])
        #expect(try urls(["all": "http://once/all"]) == ["http://once/all", "http://once/all", "http://once/all"])
    }

    @Test("Without any URL for it a report goes nowhere, and events neither")
    func goesNowhere() throws {
        var session = try KlaviSession(console: nil)
        let link = try session.link([
            "personalTaxId": "12345678909", "productsCallbackURL": ["pf_credit_card": "http://link/card"],
        ])
        _ = try session.decide(link.token)
        #expect(session.sentKinds == ["pf_credit_card"])
        #expect(session.sent.first?.url == "http://link/card")
    }
}
