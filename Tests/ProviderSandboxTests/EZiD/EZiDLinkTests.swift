import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct EZiDLinkTests {
    @Test("send answers with a link that carries a code, as documented")
    func sends() throws {
        let desk = try EZiDDesk.open()
        let (status, json) = desk.post(
            "/email-link/send",
            [
                "email": "ana.souza@example.com", "base_url_email_link": "http://localhost:3000/auth",
                "expiry": "3600000",
                "push_email": "Yes", "callback_url": "http://localhost:3000/a?b=1&c", "login_hint": "ana+1@example.com",
                "claims": ["test-claim": "read-only"],
            ])
        #expect(status == 200)
        #expect(json?.members?.count == 2)
        #expect(json?["success"]?.bool == true)
        let link = try #require(json?["email_link"]?.string)
        #expect(link.hasPrefix("http://localhost:3000/auth?code=ey"))
        #expect(
            link.hasSuffix(
                "&callback_url=http%3A%2F%2Flocalhost%3A3000%2Fa%3Fb%3D1%26c&login_hint=ana%2B1%40example.com"))
        let code = desk.query(of: link)["code"]
        #expect(code?.count == 189)
        let token = try #require(ReadToken(code))
        #expect(token.header == ["alg": "HS256", "typ": "JWT"])
        #expect(token.claimNames == ["uuid", "iat", "exp"])
        #expect(token.claims["iat"]?.integer == 1_795_255_200)
        #expect(token.claims["exp"]?.integer == 1_795_258_800)
        #expect(desk.sent.isEmpty)
    }

    @Test("only the e-mail address and the credentials are needed: five minutes, localhost, no callback_url")
    func defaults() throws {
        let desk = try EZiDDesk.open()
        let json = desk.post("/email-link/send", ["email": "ana.souza@example.com"]).json
        let link = try #require(json?["email_link"]?.string)
        #expect(link.hasPrefix("http://localhost:3000?code="))
        #expect(link.hasSuffix("&callback_url=unspecified"))
        let claims = ReadToken(desk.query(of: link)["code"])?.claims
        #expect(claims?["exp"]?.integer == 1_795_255_500)
    }

    @Test("the code follows the query of a base that has one, and comes before its fragment")
    func joins() throws {
        let desk = try EZiDDesk.open()
        func link(_ base: String) -> String? {
            desk.post("/email-link/send", ["email": "a@example.com", "base_url_email_link": .string(base)])
                .json?["email_link"]?.string
        }
        #expect(link("http://localhost/auth?trace=1")?.hasPrefix("http://localhost/auth?trace=1&code=") == true)
        #expect(link("http://localhost/auth?")?.hasPrefix("http://localhost/auth?code=") == true)
        let withFragment = link("http://localhost/auth#top")
        #expect(withFragment?.hasPrefix("http://localhost/auth?code=") == true)
        #expect(withFragment?.hasSuffix("&callback_url=unspecified#top") == true)
    }

    @Test("the code is the one of the documented key")
    func vector() {
        let code = EZiDCode.value(
            uuid: "3fac9774-28ee-4e9d-bec8-ab44186cc9d3", issuedAtSeconds: 1_700_000_000,
            expiresAtSeconds: 1_700_003_600, key: Array(SandboxAccount.ezidCodeKey.utf8))
        #expect(
            code
                == "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1dWlkIjoiM2ZhYzk3NzQtMjhlZS00ZTlkLWJlYzgtYWI0NDE4NmNjOWQz"
                + "IiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.ihfMXmFM9RAHtjmzYOCpMqbzZBBeL2whXRtId5pWdOM")
        let other = EZiDCode.value(
            uuid: "3fac9774-28ee-4e9d-bec8-ab44186cc9d3", issuedAtSeconds: 1_700_000_000,
            expiresAtSeconds: 1_700_003_600, key: Array("another key".utf8))
        #expect(other != code)
    }

    @Test("a link's code is made with that key")
    func signsCode() throws {
        let desk = try EZiDDesk.open()
        let code = try #require(desk.link()["code"])
        let claims = try #require(ReadToken(code)?.claims)
        #expect(
            code
                == EZiDCode.value(
                    uuid: claims["uuid"]?.string ?? "", issuedAtSeconds: 1_795_255_200,
                    expiresAtSeconds: 1_795_255_500, key: Array("ezid-test-secret".utf8)))
    }

    @Test("a seed gives the same link again, another call another link")
    func repeats() throws {
        let first = try EZiDDesk.open()
        let second = try EZiDDesk.open()
        let link = first.link()
        #expect(link == second.link())
        #expect(link != second.link())
    }

    @Test(
        "wrong credentials are refused in the documented words, by every call",
        arguments: ["/email-link/send", "/email-link/verify"])
    func credentials(_ target: String) throws {
        let desk = try EZiDDesk.open()
        let reply = desk.call(
            "POST", target, (["client_id": "ezid-sandbox-client", "client_secret": "no"] as JSON).bytes)
        #expect(reply?.status == 400)
        #expect(reply?.bodyText == #"{"success":false,"reason":"Invalid Client Secret"}"#)
        #expect(desk.refusal(target, ["client_id": "nobody"]) == "Invalid Client ID")
        #expect(desk.refusal(target, ["client_id": nil]) == "client_id is required")
        #expect(desk.refusal(target, ["client_secret": 5]) == "client_secret must be a string")
        #expect(desk.call("POST", target, Array("[]".utf8))?.status == 400)
        #expect(desk.call("POST", target, Array("{".utf8))?.status == 400)
        #expect(desk.call("GET", target) == nil)
    }

    @Test(
        "fields of the wrong kind are refused",
        arguments: [
            ("email", nil, "email is required"), ("email", "ana", "email must be an e-mail address"),
            ("email", "a b@example.com", "email must be an e-mail address"), ("email", 5, "email must be a string"),
            ("base_url_email_link", "localhost", "base_url_email_link must be a URL"),
            ("base_url_email_link", "javascript:alert(1)", "base_url_email_link must be a URL"),
            ("base_url_email_link", 1, "base_url_email_link must be a string"),
            ("expiry", 300_000, "expiry must be a string"), ("expiry", "5m", "expiry must be a string of milliseconds"),
            ("expiry", "0", "expiry must be a string of milliseconds"),
            ("expiry", "-1", "expiry must be a string of milliseconds"),
            ("expiry", "99999999999999999999", "expiry must be a string of milliseconds"),
            ("push_email", "yes", "push_email must be Yes or No"), ("push_email", true, "push_email must be a string"),
            ("callback_url", "nowhere", "callback_url must be a URL"),
            ("callback_url", 1, "callback_url must be a string"),
            ("login_hint", ["a"], "login_hint must be a string"), ("claims", "all", "claims must be an object"),
        ] as [(String, JSON, String)])
    func kinds(_ name: String, _ value: JSON, _ reason: String) throws {
        let desk = try EZiDDesk.open()
        let fields = (["email": "ana.souza@example.com"] as JSON).setting(name, value)
        #expect(desk.refusal("/email-link/send", fields) == reason)
    }

    @Test("paths of others are not answered")
    func others() throws {
        let desk = try EZiDDesk.open()
        #expect(desk.call("POST", "/email-link") == nil)
        #expect(desk.call("GET", "/certificall/app") == nil)
        #expect(desk.call("POST", "/mailbox") == nil)
        #expect(desk.call("GET", "/mailbox/1/2") == nil)
    }
}
