import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's consents by API")
struct KlaviConsentTests {
    private static let fields: JSON = [
        "externalTrackId": "track-1", "personalTaxId": "12345678909", "institutionCode": "033",
        "redirectURL": "https://app.example.com/back",
    ]

    private static func create(
        _ session: inout KlaviSession, _ fields: JSON = fields
    ) throws -> (id: String, page: String, link: String) {
        let link = try session.link(["personalTaxId": "12345678909", "externalInfo": ["traceId": "t 1"]])
        let reply = try session.call("POST", "/data/v1/consents", fields, token: link.token)
        let url = try #require(reply.json["consentRedirectURL"]?.string)
        #expect(url.hasPrefix(KlaviSession.baseURL + "/conecte/consent?v="))
        return (
            try #require(reply.json["consentId"]?.string), String(url.dropFirst(KlaviSession.baseURL.count)), link.id
        )
    }

    @Test("A consent awaits authorisation for twelve months, or without end")
    func creates() throws {
        var session = try KlaviSession()
        let consent = try Self.create(&session)
        let access = try session.logIn()
        let read = try session.call("GET", "/data/v1/consents/\(consent.id)", token: access)
        #expect(
            read.json == [
                "businessTaxId": "", "consentId": .string(consent.id), "createdAt": "2023-11-14T22:13:20.000Z",
                "expireAt": "2024-11-14T22:13:20.000Z", "externalTrackId": "track-1", "institutionCode": "033",
                "linkId": .string(consent.link),
                "permissionsApply": .array(KlaviSession.permissions.map { .string($0) }), "permissionsGranted": [],
                "personalTaxId": "12345678909", "status": "AWAITING_AUTHORISATION",
                "updatedAt": "2023-11-14T22:13:20.000Z",
            ])
        let endless = Self.fields.setting("externalTrackId", "track-2").setting("validityPeriod", 0)
        let link = try session.link()
        let reply = try session.call("POST", "/data/v1/consents", endless, token: link.token)
        #expect(reply.json["expireAt"] == "2300-01-01T00:00:00.000Z")
        #expect(session.sent.isEmpty)
    }

    @Test("Every required field is missed, each wrong one is named")
    func refusesFields() throws {
        var session = try KlaviSession()
        let link = try session.link()
        let empty = try session.call("POST", "/data/v1/consents", [:], token: link.token)
        #expect(empty.status == 400)
        for name in ["externalTrackId", "personalTaxId", "institutionCode", "redirectURL"] {
            #expect(empty.json["message"]?.elements?.contains(.string("\(name) should not be empty")) == true)
        }
        for (name, value) in [
            ("personalTaxId", "1"), ("businessTaxId", "1"), ("redirectURL", "x"), ("phone", 5), ("email", 5),
            ("validityPeriod", 6), ("validityPeriod", "12"), ("externalTrackId", ""),
        ] as [(String, JSON)] {
            let reply = try session.call(
                "POST", "/data/v1/consents", Self.fields.setting(name, value), token: link.token)
            #expect(reply.status == 400)
            #expect(reply.json["message"]?.elements?.first?.string?.hasPrefix(name) == true)
        }
        let unknown = try session.call(
            "POST", "/data/v1/consents", Self.fields.setting("institutionCode", "999"), token: link.token)
        #expect(unknown.json == klaviBusinessError(4004, "Invalid institutionCode"))
    }

    @Test("A track id is good for one consent")
    func refusesTrackIDTwice() throws {
        var session = try KlaviSession()
        _ = try Self.create(&session)
        let link = try session.link()
        let reply = try session.call("POST", "/data/v1/consents", Self.fields, token: link.token)
        #expect(reply.status == 409)
        #expect(reply.json == klaviError(409, "Conflict", "externalTrackId already exists"))
    }

    @Test("Only a link token that has not expired creates a consent")
    func guardsCreation() throws {
        var session = try KlaviSession()
        let link = try session.link()
        for token in [nil, "x", try session.logIn()] {
            #expect(try session.call("POST", "/data/v1/consents", Self.fields, token: token).status == 401)
        }
        session.now += 1800
        #expect(try session.call("POST", "/data/v1/consents", Self.fields, token: link.token).status == 401)
    }

    @Test("The page opens once within 60 s, and its form authorises")
    func authorises() throws {
        var session = try KlaviSession()
        let consent = try Self.create(&session)
        session.now += 59
        let page = try session.call("GET", consent.page)
        #expect(page.status == 200)
        #expect(page.text.contains("<form method=\"post\" action=\"/conecte/consent\">"))
        #expect(session.sent.isEmpty)
        #expect(try session.call("GET", consent.page).status == 410)
        let secret = try #require(consent.page.split(separator: "=").last)
        let done = try session.decide(String(secret), path: "/conecte/consent", institution: nil)
        #expect(done.status == 303)
        #expect(
            done.location == "https://app.example.com/back?link_id=\(consent.link)&consent_id=\(consent.id)"
                + "&external_info=%7B%22traceId%22%3A%22t%201%22%7D&external_track_id=track-1")
        #expect(session.sentKinds.prefix(2) == ["consent_authorised", "pf_checking_account"])
        #expect(session.sent.first?.event["payload"]?["consents"]?["externalTrackId"] == "track-1")
        #expect(try session.decide(String(secret), path: "/conecte/consent").status == 410)
        let read = try session.call("GET", "/data/v1/consents/\(consent.id)", token: try session.logIn())
        #expect(read.json["status"] == "AUTHORISED")
        #expect(read.json["permissionsGranted"]?.elements?.count == 5)
    }

    @Test("Rejecting comes back with an error")
    func rejects() throws {
        var session = try KlaviSession()
        let consent = try Self.create(&session)
        _ = try session.call("GET", consent.page)
        let secret = String(try #require(consent.page.split(separator: "=").last))
        let done = try session.decide(secret, "reject", path: "/conecte/consent")
        #expect(
            done.location?.hasSuffix(
                "&external_track_id=track-1&error=access_denied&error_description=The%20user%20rejected%20the%20consent"
            )
                == true)
        #expect(session.sentKinds == ["consent_rejected"])
    }

    @Test("The page is gone after 60 s; a form that was never opened does nothing")
    func expires() throws {
        var session = try KlaviSession()
        let consent = try Self.create(&session)
        let secret = String(try #require(consent.page.split(separator: "=").last))
        #expect(try session.decide(secret, path: "/conecte/consent").status == 404)
        session.now += 60
        #expect(try session.call("GET", consent.page).status == 410)
        #expect(try session.call("GET", "/conecte/consent?v=x").status == 404)
        #expect(try session.call("GET", "/conecte/consent").status == 404)
        #expect(try session.decide(secret, path: "/conecte/consent").status == 404)
        #expect(session.sent.isEmpty)
    }

    @Test("A page left open for too long takes no decision")
    func endsOpenPage() throws {
        var session = try KlaviSession()
        let consent = try Self.create(&session)
        let secret = String(try #require(consent.page.split(separator: "=").last))
        _ = try session.call("GET", consent.page)
        session.now += 1800
        #expect(try session.decide(secret, path: "/conecte/consent").status == 410)
        #expect(session.sent.isEmpty)
    }

    @Test("Consents are found by person, company and link")
    func finds() throws {
        var session = try KlaviSession()
        let first = try Self.create(&session)
        let second = try Self.create(
            &session,
            Self.fields.setting("externalTrackId", "track-2").setting("businessTaxId", "12345678000195")
                .setting("personalTaxId", "98765432100"))
        let access = try session.logIn()
        func found(_ query: String) throws -> [JSON?]? {
            try session.call("GET", "/data/v1/consents\(query)", token: access).json.elements?.map { $0["consentId"] }
        }
        let ids = (JSON.string(first.id), JSON.string(second.id))
        #expect(try found("") == [ids.0, ids.1])
        #expect(try found("?personalTaxId=12345678909") == [ids.0])
        #expect(try found("?businessTaxId=12345678000195") == [ids.1])
        #expect(try found("?linkId=\(second.link)") == [ids.1])
        #expect(try found("?linkId=\(second.link)&personalTaxId=12345678909") == [])
        #expect(try session.call("GET", "/data/v1/consents/x", token: access).status == 404)
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
        #expect(
            try session.call("GET", "/data/v1/consents/\(id)", token: access).json["status"] == "REVOKED")
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
