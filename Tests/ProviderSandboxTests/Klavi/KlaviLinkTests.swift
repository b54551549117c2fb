import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Klavi's links")
struct KlaviLinkTests {
    @Test("a link can be created without any field, and its event is sent to the registered URL")
    func createsEmpty() {
        let session = KlaviDesk.open()
        let access = session.logIn()
        let reply = session.call("POST", "/data/v1/links", [:], token: access)
        #expect(reply.status == 200)
        #expect(session.sentTypes == ["link_created"])
        #expect(session.sent.first?.url == "http://127.0.0.1:1/console")
        #expect(session.sent.first?.reference == reply.json["linkId"]?.string)
        #expect(session.sent.first?.event["payload"]?["personalTaxId"] == "")
    }

    @Test("null counts as missing")
    func takesNull() {
        let session = KlaviDesk.open()
        let access = session.logIn()
        let body: JSON = ["personalTaxId": nil, "externalInfo": nil, "productsCallbackURL": nil, "appLink": nil]
        #expect(session.call("POST", "/data/v1/links", body, token: access).status == 200)
    }

    @Test(
        "each wrong field is named in a 400 response, and no event is sent",
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
            (["email": 1, "phone": 2], ["email must be a string", "phone must be a string"]),
        ] as [(JSON, [String])])
    func rejectsFields(body: JSON, problems: [String]) {
        let session = KlaviDesk.open()
        let access = session.logIn()
        let reply = session.call("POST", "/data/v1/links", body, token: access)
        #expect(reply.status == 400)
        #expect(reply.json == klaviError(400, "Bad Request", .array(problems.map { .string($0) })))
        #expect(session.sent.isEmpty)
    }

    @Test(
        "invalid rules for report URLs get 416 with code 4006, in both spellings of the field",
        arguments: ["productsCallbackURL", "productsCallbackUrl"],
        [
            ["all": "https://a.example", "other": "https://a.example"],
            ["pf_credit_card": "https://a.example", "all": "https://a.example"], ["all": "ftp://a.example"],
            ["other": "/path"], ["pf_credit_card": 5], ["all": "https://"], ["all": "https://a b.example/"],
            ["all": nil],
        ] as [JSON])
    func rejectsAddresses(name: String, rules: JSON) {
        let session = KlaviDesk.open()
        let access = session.logIn()
        let reply = session.call("POST", "/data/v1/links", .object([.init(name, rules)]), token: access)
        #expect(reply.status == 416)
        #expect(reply.json == klaviBusinessError(4006, "Invalid productsCallbackURL"))
        #expect(session.sent.isEmpty)
    }

    @Test("the customization of a link limits its institutions")
    func filtersInstitutions() {
        let session = KlaviDesk.open()
        let link = session.link(["externalInfo": ["customization": ["institutions": ["001", "033", "999"]]]])
        let page = session.call("GET", "/conecte?v=\(link.token)").text
        #expect(page.contains("value=\"001\"") && page.contains("value=\"033\""))
        #expect(!page.contains("value=\"341\"") && !page.contains("value=\"999\""))
    }
}
