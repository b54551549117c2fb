import ProviderClients
import StrictJSON
import Testing

@Suite("Calls of EZiD's API")
struct EZiDCallTests {
    private static let head = "\nContent-Type: application/json\nAccept: application/json\n\n"
    private static let identity = #"{"client_id":"client-1","client_secret":"test-s3cret","#
    private static let tokens = #"{"id_token":"i","access_token":"a","refresh_token":"r","success":true}"#

    @Test("a link order says everything in the documented order, its life as a text of milliseconds")
    func sendLink() async throws {
        let provider = ScriptedProvider(
            200,
            #"{"success":true,"email_link":"http://localhost:3000/auth?x=1&code=a.b.c&callback_url=unspecified#f"}"#)
        let client = try Accounts.ezid(provider)
        var order = EZiDLinkOrder(email: "ana@example.com", linkTarget: "http://localhost:3000/auth")
        order.expiryMilliseconds = 3_600_000
        order.pushesEmail = false
        order.callbackURL = "http://localhost:3000"
        order.loginHint = "ana"
        order.claims = try FreeObject(#"{"test-claim": "read-only"}"#, name: "claims")
        let link = try await client.send(try client.sendLink(order))
        #expect(link.code == Credential("a.b.c"))
        #expect(link.emailLink.text.hasPrefix("http://localhost:3000/auth?x=1&code="))
        #expect(!"\(link)".contains("a.b.c"))
        #expect("\(link)".contains("[masked]"))
        let body =
            #"{"email":"ana@example.com","client_id":"client-1","client_secret":"test-s3cret","#
            + #""base_url_email_link":"http://localhost:3000/auth","expiry":"3600000","push_email":"No","#
            + #""callback_url":"http://localhost:3000","login_hint":"ana","claims":{"test-claim": "read-only"}}"#
        #expect(provider.texts == ["POST https://api.ezid.io/email-link/send\(Self.head)\(body)"])
    }

    @Test("what is not said is not sent")
    func shortLink() throws {
        let order = EZiDLinkOrder(email: "a@b.c", linkTarget: "https://x")
        let call = try Accounts.ezid(ScriptedProvider(200, "")).sendLink(order)
        #expect(
            String(decoding: call.request.body, as: UTF8.self)
                == #"{"email":"a@b.c","client_id":"client-1","client_secret":"test-s3cret","base_url_email_link":"https://x"}"#
        )
    }

    @Test(
        "the code is found by its name",
        arguments: [
            ("https://x?code=1", "1" as String?), ("https://x?a=code&code=2%2E", "2."), ("https://x?a=1?code=3", "3"),
            ("https://x?recode=1", nil), ("https://x", nil), ("https://x?code=", nil), ("https://x#?code=1", nil),
        ])
    func code(link: String, code: String?) async throws {
        let client = try Accounts.ezid(ScriptedProvider(200, #"{"success":true,"email_link":"\#(link)"}"#))
        let order = EZiDLinkOrder(email: "a@b.c", linkTarget: "https://x")
        #expect(try await client.send(try client.sendLink(order)).code?.text == code)
    }

    @Test("a code is given as auth_code, once")
    func verify() async throws {
        let provider = ScriptedProvider(200, Self.tokens)
        let client = try Accounts.ezid(provider)
        let call = try client.verifyLink(code: Credential("c.o.de"))
        #expect(call.request.repetition == .onlyWhenNotSent)
        let tokens = try await client.send(call)
        #expect(tokens.idToken.text == "i")
        #expect(tokens.accessToken.text == "a")
        #expect(tokens.refreshToken?.text == "r")
        #expect(
            provider.texts == [
                "POST https://api.ezid.io/email-link/verify\(Self.head)\(Self.identity)"
                    + #""auth_code":"c.o.de"}"#
            ])
    }

    @Test("what EZiD would reject is found before")
    func input() throws {
        let client = try Accounts.ezid(ScriptedProvider(200, ""))
        func complaintOf(_ change: (inout EZiDLinkOrder) -> Void) -> String? {
            var order = EZiDLinkOrder(email: "a@b.c", linkTarget: "https://x")
            change(&order)
            let changed = order
            return complaint { _ = try client.sendLink(changed) }
        }
        #expect(complaintOf { _ in } == nil)
        #expect(complaintOf { $0.email = "a" } == "email is no e-mail address.")
        #expect(complaintOf { $0.linkTarget = "x" }?.contains("base_url_email_link") == true)
        #expect(complaintOf { $0.callbackURL = "javascript:x" }?.contains("callback_url") == true)
        #expect(complaintOf { $0.expiryMilliseconds = 0 } == "expiry is below 1.")
        #expect(complaint { _ = try client.verifyLink(code: Credential("")) } == "The code is empty.")
    }

    @Test(
        "success:false is a no, whatever the status says",
        arguments: [
            (200, #"{"success":false,"reason":"Invalid Client Secret"}"#, ["Invalid Client Secret"], "client_secret"),
            (400, #"{"success":false,"reason":"Link expired"}"#, ["Link expired"], "once"),
            (401, #"{"success":"false","reason":"x"}"#, ["x"], "client_id"),
            (500, #"{"message":"Internal"}"#, ["Internal"], "provider's"), (404, "<html>", [], "address"),
        ])
    func errors(status: Int, body: String, words: [String], advice: String) async throws {
        let client = try Accounts.ezid(ScriptedProvider(status, body))
        let rejection = await rejection { _ = try await client.send(try client.verifyLink(code: Credential("c"))) }
        #expect(rejection?.status == status)
        #expect(rejection?.words == words)
        #expect(rejection?.advice?.contains(advice) == true)
    }

    @Test("there may be no refresh token")
    func noRefreshToken() async throws {
        let client = try Accounts.ezid(ScriptedProvider(200, #"{"id_token":"i","access_token":"a"}"#))
        #expect(try await client.send(try client.verifyLink(code: Credential("c"))).refreshToken == nil)
    }

    @Test("a yes without tokens is no yes")
    func missing() async throws {
        let client = try Accounts.ezid(ScriptedProvider(200, #"{"success":true,"id_token":"i"}"#))
        let failure = await failure { _ = try await client.send(try client.verifyLink(code: Credential("c"))) }
        #expect(failure == .unexpectedResponse("access_token is missing."))
    }
}
