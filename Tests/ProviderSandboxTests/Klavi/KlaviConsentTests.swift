import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's consents")
struct KlaviConsentTests {
    @Test("A consent is listed with every documented field")
    func lists() throws {
        var session = try KlaviSession()
        let link = try session.link()
        _ = try session.decide(link.token, permissions: ["ACCOUNTS_ALL"])
        let list = try session.call("GET", "/data/v1/consents?linkId=\(link.id)", token: try session.logIn()).json
        let id = try #require(list.elements?.first?["consentId"])
        #expect(
            list == [
                [
                    "businessTaxId": "", "consentId": id, "createdAt": "2023-11-14T22:13:20.000Z",
                    "expireAt": "2024-11-14T22:13:20.000Z", "externalTrackId": "", "institutionCode": "033",
                    "linkId": .string(link.id),
                    "permissionsApply": .array(KlaviSession.permissions.map { .string($0) }),
                    "permissionsGranted": ["ACCOUNTS_ALL"], "personalTaxId": .string(KlaviSession.cpf),
                    "status": "AUTHORISED", "updatedAt": "2023-11-14T22:13:20.000Z",
                ]
            ])
    }

    @Test("Consents are found by link, oldest first")
    func finds() throws {
        var session = try KlaviSession()
        let first = try session.link()
        _ = try session.decide(first.token)
        let second = try session.link()
        _ = try session.decide(second.token, institution: "001")
        _ = try session.decide(second.token, institution: "917")
        let access = try session.logIn()
        func found(_ query: String) throws -> [JSON?]? {
            try session.call("GET", "/data/v1/consents\(query)", token: access).json.elements?
                .map { $0["institutionCode"] }
        }
        #expect(try found("") == ["033", "001", "917"])
        #expect(try found("?linkId=\(first.id)") == ["033"])
        #expect(try found("?linkId=\(second.id)") == ["001", "917"])
        #expect(try found("?linkId=x") == [])
    }

    @Test("Revoking an authorised consent says ok once and sends an event")
    func revokes() throws {
        var session = try KlaviSession()
        let link = try session.link()
        _ = try session.decide(link.token)
        let access = try session.logIn()
        let all = try session.call("GET", "/data/v1/consents", token: access).json.elements
        let id = try #require(all?.first?["consentId"]?.string)
        session.sent = []
        let reply = try session.call("DELETE", "/data/v1/consents/\(id)/revoke", token: access)
        #expect(reply.status == 200)
        #expect(reply.text == #"{"message":"ok"}"#)
        #expect(session.sentKinds == ["consent_revoked"])
        let read = try session.call("GET", "/data/v1/consents", token: access)
        #expect(read.json.elements?.map { $0["status"] } == ["REVOKED"])
        let again = try session.call("DELETE", "/data/v1/consents/\(id)/revoke", token: access)
        #expect(again.json == klaviBusinessError(4003, "The consent is not authorised"))
        #expect(try session.call("DELETE", "/data/v1/consents/x/revoke", token: access).status == 404)
        #expect(session.sent.count == 1)
    }

    @Test("An authorised consent expires with the clock")
    func consentExpires() throws {
        var session = try KlaviSession()
        let link = try session.link()
        _ = try session.decide(link.token)
        session.now += 366 * 86_400
        let all = try session.call("GET", "/data/v1/consents", token: try session.logIn()).json.elements
        #expect(all?.first?["status"] == "EXPIRED")
    }
}
