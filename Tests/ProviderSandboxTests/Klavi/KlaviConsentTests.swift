import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Klavi's consents")
struct KlaviConsentTests {
    @Test("a consent is listed with every documented field")
    func lists() throws {
        let session = KlaviDesk.open()
        let link = session.link()
        _ = session.decide(link.token, permissions: ["ACCOUNTS_ALL"])
        let list = session.call("GET", "/data/v1/consents?linkId=\(link.id)", token: session.logIn()).json
        let id = try #require(list.elements?.first?["consentId"])
        #expect(
            list == [
                [
                    "consentId": id, "linkId": "\(link.id)", "externalTrackId": "", "personalTaxId": "12345678909",
                    "businessTaxId": "", "institutionCode": "033", "status": "AUTHORISED",
                    "permissionsApply": .array(KlaviDesk.permissions.map { .string($0) }),
                    "permissionsGranted": ["ACCOUNTS_ALL"], "expireAt": "2024-11-14T22:13:20.000Z",
                    "createdAt": "2023-11-14T22:13:20.000Z", "updatedAt": "2023-11-14T22:13:20.000Z",
                ]
            ])
    }

    @Test("consents are found by link, oldest first")
    func finds() throws {
        let session = KlaviDesk.open()
        let first = session.link()
        _ = session.decide(first.token)
        let second = session.link()
        _ = session.decide(second.token, institution: "001")
        _ = session.decide(second.token, institution: "917")
        let access = session.logIn()
        func found(_ query: String) -> [JSON?]? {
            session.call("GET", "/data/v1/consents\(query)", token: access).json.elements?
                .map { $0["institutionCode"] }
        }
        #expect(found("") == ["033", "001", "917"])
        #expect(found("?linkId=\(first.id)") == ["033"])
        #expect(found("?linkId=\(second.id)") == ["001", "917"])
        #expect(found("?linkId=x") == [])
    }

    @Test("an authorised consent can be revoked once, which sends an event")
    func revokes() throws {
        let session = KlaviDesk.open()
        let link = session.link()
        _ = session.decide(link.token)
        let access = session.logIn()
        let all = session.call("GET", "/data/v1/consents", token: access).json.elements
        let id = try #require(all?.first?["consentId"]?.string)
        session.sent = []
        let reply = session.call("DELETE", "/data/v1/consents/\(id)/revoke", token: access)
        #expect(reply.status == 200)
        #expect(reply.text == #"{"message":"ok"}"#)
        #expect(session.sentTypes == ["consent_revoked"])
        let read = session.call("GET", "/data/v1/consents", token: access)
        #expect(read.json.elements?.map { $0["status"] } == ["REVOKED"])
        let again = session.call("DELETE", "/data/v1/consents/\(id)/revoke", token: access)
        #expect(again.json == klaviBusinessError(4003, "The consent is not authorised"))
        #expect(session.call("DELETE", "/data/v1/consents/x/revoke", token: access).status == 404)
        #expect(session.sent.count == 1)
    }

    @Test("an authorised consent expires when the clock is advanced")
    func consentExpires() {
        let session = KlaviDesk.open()
        let link = session.link()
        _ = session.decide(link.token)
        session.now += 366 * 86_400
        let all = session.call("GET", "/data/v1/consents", token: session.logIn()).json.elements
        #expect(all?.first?["status"] == "EXPIRED")
    }
}
