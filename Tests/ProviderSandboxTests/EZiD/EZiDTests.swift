import CryptoExtras
import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("EZiD")
struct EZiDTests {
    @Test("send returns a link with a code, in the documented form")
    func sends() throws {
        let desk = EZiDDesk.open()
        let response = desk.post(
            "/email-link/send",
            [
                "email": "ana.souza@example.com", "base_url_email_link": "http://localhost:3000/auth",
                "expiry": "3600000", "push_email": "Yes", "callback_url": "http://localhost:3000/a?b=1&c",
                "login_hint": "ana+1@example.com", "claims": ["test-claim": "read-only"],
            ])
        #expect(response.status == 200)
        #expect(response.json["success"] == true && response.json.members?.count == 2)
        let link = try #require(response.json["email_link"]?.string)
        #expect(link.hasPrefix("http://localhost:3000/auth?code=ey"))
        let end = "&callback_url=http%3A%2F%2Flocalhost%3A3000%2Fa%3Fb%3D1%26c&login_hint=ana%2B1%40example.com"
        #expect(link.hasSuffix(end))
        let token = try #require(ReadToken(desk.query(of: link)["code"]))
        #expect(token.header == ["alg": "HS256", "typ": "JWT"])
        #expect(token.claims.members?.map(\.name) == ["uuid", "iat", "exp"])
        #expect(token.claims["iat"] == 1_795_255_200 && token.claims["exp"] == 1_795_258_800)
        #expect(desk.sent.isEmpty)
    }

    @Test("only the email address and the credentials are required")
    func defaults() throws {
        let desk = EZiDDesk.open()
        let response = desk.post("/email-link/send", ["email": "ana.souza@example.com"])
        let link = try #require(response.json["email_link"]?.string)
        #expect(link.hasPrefix("http://localhost:3000?code=") && link.hasSuffix("&callback_url=unspecified"))
        #expect(ReadToken(desk.query(of: link)["code"])?.claims["exp"] == 1_795_255_500)
    }

    @Test(
        "wrong credentials get the documented error", arguments: ["/email-link/send", "/email-link/verify"])
    func credentials(_ target: String) {
        let desk = EZiDDesk.open()
        let response = desk.call("POST", target, ["client_id": "ezid-sandbox-client", "client_secret": "no"])
        #expect(response.status == 400)
        #expect(response.text == #"{"success":false,"reason":"Invalid Client Secret"}"#)
        #expect(desk.failure(target, ["client_id": "nobody"]) == "Invalid Client ID")
        #expect(desk.failure(target, ["client_id": nil]) == "client_id should not be empty")
        #expect(desk.failure(target, ["client_secret": 5]) == "client_secret must be a string")
        #expect(desk.call("POST", target, []).status == 400)
        #expect(desk.call("GET", target).status == 0)
    }

    @Test(
        "wrong fields are rejected",
        arguments: [
            ("email", nil, "email should not be empty"), ("email", "ana", "email must be an email"),
            ("email", 5, "email must be a string"),
            ("base_url_email_link", "javascript:alert(1)", "base_url_email_link must be a URL address"),
            ("expiry", 300_000, "expiry must be a string"), ("expiry", "5m", "expiry must be a string of milliseconds"),
            ("expiry", "0", "expiry must be a string of milliseconds"),
            ("expiry", "99999999999999999999", "expiry must be a string of milliseconds"),
            ("push_email", "yes", "push_email must be Yes or No"), ("push_email", true, "push_email must be a string"),
            ("callback_url", "nowhere", "callback_url must be a URL address"),
            ("login_hint", ["a"], "login_hint must be a string"), ("claims", "all", "claims must be an object"),
        ] as [(String, JSON, String)])
    func rejectsFields(name: String, value: JSON, reason: String) {
        let fields: JSON = ["email": "ana.souza@example.com"]
        #expect(EZiDDesk.open().failure("/email-link/send", fields.setting(name, value)) == reason)
    }

    @Test("a code can be exchanged once for three tokens, and a wrong code of the same link cannot be exchanged")
    func verifies() {
        let desk = EZiDDesk.open()
        let target = "/email-link/verify"
        let code = desk.link(["expiry": "1500"])["code"]
        #expect(desk.failure(target, ["auth_code": "ey.ey.x"]) == "Invalid code")
        #expect(desk.failure(target, [:]) == "auth_code should not be empty")
        #expect(desk.failure(target, ["auth_code": .optional(code), "email": "x@example.com"]) == "Invalid email")
        desk.now += 1.5
        #expect(desk.failure(target, ["auth_code": .optional(code)]) == "Code expired")
        desk.now -= 0.1
        let tokens = desk.post(target, ["auth_code": .optional(code), "email": "Ana.Souza@example.com"]).json
        #expect(tokens.members?.map(\.name) == ["id_token", "access_token", "refresh_token", "success"])
        #expect(desk.failure(target, ["auth_code": .optional(code)]) == "Code already used")
    }

    @Test("the tokens have the documented claims and are signed with the published key")
    func claims() throws {
        let desk = EZiDDesk.open()
        let tokens = desk.tokens(code: desk.link(["claims": ["role": "reader"]])["code"])
        let idToken = try #require(ReadToken(tokens["id_token"]?.string))
        let accessToken = try #require(ReadToken(tokens["access_token"]?.string))
        #expect(
            idToken.claims.members?.map(\.name) == ["sub", "iss", "email", "proxy_email", "nonce", "iat", "exp"])
        #expect(
            accessToken.claims.members?.map(\.name) == ["sub", "iss", "azp", "scope", "custom_claims", "iat", "exp"])
        #expect(idToken.claims["email"] == "ana.souza@example.com")
        #expect(accessToken.claims["custom_claims"] == ["role": "reader"])
        let published = desk.call("GET", "/ezid/public-key.pem")
        #expect(desk.call("GET", "/ezid/public-key.pem") == published)
        let key = try _RSA.Signing.PublicKey(pemRepresentation: published.text)
        for token in [idToken, accessToken] {
            #expect(token.header == ["alg": "RS256", "typ": "JWT"])
            #expect(token.claims["sub"] == "ana.souza@example.com.ezid.io/ezid-sandbox-client")
            #expect(token.claims["exp"] == .integer(1_795_255_200 + 36_000))
            let signature = _RSA.Signing.RSASignature(rawRepresentation: token.signature)
            for (message, isValid) in [(token.signed, true), (token.signed + [0], false)] {
                let padding = _RSA.Signing.Padding.insecurePKCS1v1_5
                #expect(key.isValidSignature(signature, for: Data(message), padding: padding) == isValid)
            }
        }
    }

    @Test("the mailbox shows escaped links, newest first, and a code stays valid after it was viewed")
    func mailbox() throws {
        let desk = EZiDDesk.open()
        #expect(desk.call("GET", "/mailbox").text.contains("No mail."))
        for name in ["<b>ana", "bob", "ana"] { _ = desk.post("/email-link/send", ["email": "\(name)@example.com"]) }
        _ = desk.link()
        let link = try #require(
            desk.call("GET", "/mailbox/3").text.firstMatch(of: /magic-link"[^>]* href="([^"]*)"/)?.1)
        #expect(link.contains("&amp;callback_url") && !link.contains("&callback_url"))
        let all = desk.call("GET", "/mailbox").text
        #expect(all.firstMatch(of: /mailbox\/(\d)/)?.1 == "3")
        #expect(all.contains("&lt;b&gt;ana@example.com") && !all.contains("<b>ana"))
        let bobs = desk.call("GET", "/mailbox?email=Bob%40example.com").text
        #expect(bobs.contains("/mailbox/2\"") && !bobs.contains("/mailbox/1\""))
        #expect(desk.call("GET", "/mailbox/4").status == 404 && desk.call("GET", "/mailbox/x").status == 404)
        let code = desk.query(of: String(link.replacing("&amp;", with: "&")))["code"]
        #expect(desk.tokens(code: code)["success"] == true)
        #expect(desk.call("POST", "/mailbox").status == 0 && desk.call("GET", "/mailbox/1/2").status == 0)
    }

    @Test("a trigger opens a link like a browser, and its code can be exchanged")
    func triggers() throws {
        let desk = EZiDDesk.open()
        let trigger = Trigger(
            type: "redirect", externalInfo: [JSON.Member("trace", "t1")], reference: "bob@example.com",
            url: "http://127.0.0.1:8080/ezid/auth?a=1")
        for _ in 0..<2 { try desk.trigger(trigger) }
        #expect(Set(desk.sent.map(\.group)).count == 2)
        let callback = desk.sent[0]
        #expect(callback.provider == "ezid" && callback.type == "redirect" && callback.method == "GET")
        #expect(callback.url.hasPrefix("http://127.0.0.1:8080/ezid/auth?a=1&code=ey"))
        #expect(callback.body.isEmpty && callback.policy.waits.isEmpty && callback.policy.isFinal(500))
        let headers = callback.proof(of: [], ProofConditions(secondsSinceEpoch: 0))
        #expect(headers.map(\.name) == ["User-Agent", "Accept"])
        let code = desk.query(of: callback.url)["code"]
        #expect(ReadToken(code)?.claims["uuid"]?.string == callback.reference)
        let tokens = desk.tokens(code: code)
        #expect(ReadToken(tokens["id_token"]?.string)?.claims["email"] == "bob@example.com")
        #expect(ReadToken(tokens["access_token"]?.string)?.claims["custom_claims"] == ["trace": "t1"])
    }

    @Test("invalid triggers fail, and no URL can be registered")
    func rejectsTriggers() {
        let desk = EZiDDesk.open()
        let url = "http://127.0.0.1/"
        for trigger in [
            Trigger(type: "redirect"), Trigger(type: "redirect", url: "nowhere"),
            Trigger(type: "certificate", url: url),
            Trigger(type: "redirect", url: url, byteCount: 9), Trigger(type: "redirect", reference: "ana", url: url),
        ] {
            #expect(desk.failure(of: trigger) != nil)
        }
        #expect(throws: SandboxFailure.self) { try desk.register(url) }
        #expect(desk.sent.isEmpty)
    }
}
