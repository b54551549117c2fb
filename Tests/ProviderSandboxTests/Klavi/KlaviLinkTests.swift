import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's links")
struct KlaviLinkTests {
    private static let everything: JSON = [
        "personalTaxId": "12345678909", "businessTaxId": "12345678000195", "email": "ana@example.com",
        "phone": "+5511999990000", "institutionCode": "033", "redirectURL": "https://app.example.com/back?a=1",
        "productsCallbackURL": [
            "pf_checking_account": "https://app.example.com/checking/path", "other": "http://a.example/x",
        ],
        "externalInfo": ["traceId": "t1"], "connectionKey": "k", "appLink": "myapp://klavi",
        "appRedirectURLKey": "callback",
    ]

    @Test("A link with every field gets its ids, its page and 1800 s, in the documented layout")
    func creates() throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let reply = try session.call("POST", "/data/v1/links", Self.everything, token: access)
        #expect(reply.status == 200)
        #expect(reply.json.members?.map(\.name) == ["linkId", "linkURL", "linkToken", "expireIn"])
        #expect(reply.text.hasPrefix(#"{"linkId":""#))
        #expect(reply.json["expireIn"] == 1800)
        let id = try #require(reply.json["linkId"]?.string)
        let token = try #require(reply.json["linkToken"]?.string)
        #expect(UUID(uuidString: id) != nil)
        #expect(reply.json["linkURL"] == .string("\(KlaviSession.baseURL)/conecte?v=\(token)"))
    }

    @Test("A link without any field is a link; its event goes to the registered URL")
    func createsEmpty() throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let reply = try session.call("POST", "/data/v1/links", [:], token: access)
        #expect(reply.status == 200)
        #expect(session.sentKinds == ["link_created"])
        #expect(session.sent.first?.url == "http://127.0.0.1:1/console")
        #expect(session.sent.first?.reference == reply.json["linkId"]?.string)
        #expect(session.sent.first?.event["payload"]?["personalTaxId"] == "")
    }

    @Test("Without a registered URL no event goes out")
    func staysSilent() throws {
        var session = try KlaviSession(console: nil)
        let access = try session.logIn()
        #expect(try session.call("POST", "/data/v1/links", [:], token: access).status == 200)
        #expect(session.sent.isEmpty)
    }

    @Test("Null counts as absent")
    func takesNull() throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let body: JSON = ["personalTaxId": nil, "externalInfo": nil, "productsCallbackURL": nil, "appLink": nil]
        #expect(try session.call("POST", "/data/v1/links", body, token: access).status == 200)
    }

    @Test(
        "Each wrong field is named in a 400, and no event goes out",
        arguments: [
            (["personalTaxId": 5], ["personalTaxId must be a string"]),
            (["personalTaxId": "123"], ["personalTaxId must be 11 digits"]),
            (["personalTaxId": "123.456.789-09"], ["personalTaxId must be 11 digits"]),
            (["personalTaxId": ""], ["personalTaxId must be 11 digits"]),
            (["personalTaxId": "１２３４５６７８９０９"], ["personalTaxId must be 11 digits"]),
            (["businessTaxId": "12345678909"], ["businessTaxId must be 14 digits"]),
            (["email": true], ["email must be a string"]), (["phone": 5], ["phone must be a string"]),
            (["institutionCode": 33], ["institutionCode must be a string"]),
            (["redirectURL": [:]], ["redirectURL must be a string"]),
            (["redirectURL": "javascript:alert(1)"], ["redirectURL must be a URL address"]),
            (["redirectURL": "https://a.example/\r\nX: y"], ["redirectURL must be a URL address"]),
            (["productsCallbackURL": "https://a.example"], ["productsCallbackURL must be an object"]),
            (["productsCallbackUrl": []], ["productsCallbackUrl must be an object"]),
            (["externalInfo": "a"], ["externalInfo must be an object"]),
            (["externalInfo": []], ["externalInfo must be an object"]),
            (["connectionKey": 1], ["connectionKey must be a string"]),
            (
                ["appLink": "myapp://x"],
                ["appRedirectURLKey should not be empty", "appRedirectURLKey must be a string"]
            ),
            (["appLink": "myapp://x", "appRedirectURLKey": ""], ["appRedirectURLKey should not be empty"]),
            (["appLink": "javascript:alert(1)", "appRedirectURLKey": "k"], ["appLink must be a URL address"]),
            (["email": 1, "phone": 2], ["email must be a string", "phone must be a string"]),
        ] as [(JSON, [String])])
    func refusesFields(body: JSON, problems: [String]) throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let reply = try session.call("POST", "/data/v1/links", body, token: access)
        #expect(reply.status == 400)
        #expect(reply.json == klaviError(400, "Bad Request", .array(problems.map { .string($0) })))
        #expect(session.sent.isEmpty)
    }

    @Test(
        "Rules for report addresses that cannot be: 416 with code 4006, in both spellings",
        arguments: ["productsCallbackURL", "productsCallbackUrl"],
        [
            ["all": "https://a.example", "other": "https://a.example"],
            ["pf_credit_card": "https://a.example", "all": "https://a.example"], ["all": "ftp://a.example"],
            ["other": "/path"], ["pf_credit_card": 5], ["all": "https://"], ["all": "https://a b.example/"],
            ["all": nil],
        ] as [JSON])
    func refusesAddresses(name: String, rules: JSON) throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let reply = try session.call("POST", "/data/v1/links", .object([.init(name, rules)]), token: access)
        #expect(reply.status == 416)
        #expect(reply.json == klaviBusinessError(4006, "Invalid productsCallbackURL"))
        #expect(session.sent.isEmpty)
    }

    @Test(
        "Rules of each documented form are taken",
        arguments: [
            ["all": "https://a.example/x"], ["other": "http://127.0.0.1:8787/k"],
            ["pf_checking_account": "https://a.example/1", "pf_credit_card": "https://a.example/2"], [:],
        ] as [JSON])
    func takesAddresses(rules: JSON) throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let reply = try session.call("POST", "/data/v1/links", ["productsCallbackUrl": rules], token: access)
        #expect(reply.status == 200)
    }

    @Test("An institution that nobody knows is a 416 with code 4004")
    func refusesUnknown() throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let reply = try session.call("POST", "/data/v1/links", ["institutionCode": "999"], token: access)
        #expect(reply.status == 416)
        #expect(reply.json == klaviBusinessError(4004, "Invalid institutionCode"))
    }

    @Test("The customization of a link limits its institutions")
    func filtersInstitutions() throws {
        var session = try KlaviSession()
        let link = try session.link(["externalInfo": ["customization": ["institutions": ["001", "033", "999"]]]])
        let page = try session.call("GET", "/conecte?v=\(link.token)").text
        #expect(page.contains("value=\"001\"") && page.contains("value=\"033\""))
        #expect(!page.contains("value=\"341\"") && !page.contains("value=\"999\""))
    }
}
