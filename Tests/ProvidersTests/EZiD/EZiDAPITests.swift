import Deliveries
import StrictJSON
import Testing

@testable import Providers

@Suite("EZiD's API")
struct EZiDAPITests {
    private static let identity = #"{"client_id":"test-client-id","client_secret":"test-client-secret","#
    /// A code with the claims `{"uuid":"U-1"}`.
    private static let code = "e30." + TestIssuer.part(Array(#"{"uuid":"U-1"}"#.utf8)) + ".x"

    private let script = try? APIScript(EZiDAPI.description)

    @Test("a link order has every field under its documented name, and the lifetime as a string in milliseconds")
    func sendLink() throws {
        let (plan, run) = try #require(script).order(
            EZiDLinkForm.self,
            [
                "email": ["ana@example.com"], "link-target": ["http://localhost:3000/auth"], "expiry": ["3600000"],
                "push-email": ["no"], "callback-url": ["http://localhost:3000"], "login-hint": ["ana"],
                "claims-file": [#"{"test-claim": "read-only"}"#],
            ], responding: #"{"success":true,"email_link":"http://localhost:3000/auth?x=1&code=\#(Self.code)#f"}"#)
        #expect(run.lines == ["POST https://api.ezid.io/email-link/send"])
        #expect(
            run.bodies == [
                Self.identity + #""email":"ana@example.com","base_url_email_link":"http://localhost:3000/auth","#
                    + #""expiry":"3600000","callback_url":"http://localhost:3000","login_hint":"ana","#
                    + #""push_email":"No","claims":{"test-claim": "read-only"}}"#
            ])
        #expect(plan.expectations.isEmpty)
        #expect(run.value?.keys == [ReportField("uuid", "U-1")])
        #expect(run.value?.expiresAt == ProviderResponse.time.advanced(byMilliseconds: 3_600_000))
        #expect(run.value?.shown.map(\.name) == ["emailLink"])
    }

    @Test("a link that EZiD sends by e-mail is not shown, and points to the receiving source")
    func mailed() throws {
        let context = LinkContext(receiver: .init(url: "https://cb.test/ezid", routes: []))
        let (plan, run) = try #require(script).order(
            EZiDLinkForm.self, ["email": ["a@b.test"], "base-url": ["https://cb.test"]], in: context,
            responding: #"{"success":true,"email_link":"https://x?code=1"}"#)
        #expect(
            run.bodies == [Self.identity + #""email":"a@b.test","base_url_email_link":"https://cb.test/ezid/auth"}"#])
        #expect(plan.expectations == ["redirect"])
        #expect(run.value?.shown == [])
        #expect(run.value?.keys == [])
        #expect(run.value?.expiresAt == ProviderResponse.time.advanced(byMilliseconds: 300_000))
    }

    @Test(
        "the code in a link is found by the name of its parameter",
        arguments: ["?code=C", "?a=code&code=C", "?a=1?code=C", "?recode=x&code=C#f"])
    func codes(query: String) throws {
        let link = "https://x" + query.replacing("C", with: Self.code)
        let order = try #require(script).order(
            EZiDLinkForm.self, ["email": ["a@b.test"], "link-target": ["https://x"]],
            responding: #"{"success":true,"email_link":"\#(link)"}"#)
        #expect(order.run.value?.keys == [ReportField("uuid", "U-1")])
    }

    @Test(
        "input that EZiD would reject is rejected before the call",
        arguments: [
            (["email": ["a"], "link-target": ["https://x"]], "--email is not an e-mail address."),
            (["email": ["a@b.c"], "link-target": ["x"]], "--link-target is not an http or https URL."),
            (["email": ["a@b.c"], "callback-url": ["javascript:x"]], "--callback-url is not an http or https URL."),
            (["email": ["a@b.c"], "expiry": ["0"]], "--expiry is below 1."),
            (["email": ["a@b.c"], "push-email": ["maybe"]], "--push-email is not one of yes, no."),
            (["email": ["a@b.c"]], "Pass --base-url or --link-target."),
        ])
    func input(given: [String: [String]], sentence: String) throws {
        let script = try #require(script)
        #expect(complaint { _ = try script.order(EZiDLinkForm.self, given) } == sentence)
    }

    @Test("a code is exchanged once, and only the claims of the tokens are kept")
    func claims() throws {
        let issuer = try TestIssuer.shared.get()
        let script = try APIScript(
            EZiDAPI.description, texts: ["client-id": "client-1", "public-key": issuer.publicKeyPEM])
        let claims = #"{"azp":"client-1","exp":1800035000}"#
        let task = try #require(EZiDFollowUp.rules.tasks.first)
        let cause = InboundRequest(
            method: "GET", target: RequestTarget("/ezid/auth?code=c.o.de"), headers: [], body: [], peer: "",
            receivedAt: ProviderResponse.time)
        let call = try task.call("U-1", script.account, FollowUpContext(cause: cause))
        #expect(call.request.repetition == .onlyWhenNotSent)
        let tokens = #"{"id_token":"\#(try issuer.token(claims))","access_token":"opaque","refresh_token":"r"}"#
        let run = try script.run(call, [.json(200, tokens)])
        #expect(run.lines == ["POST https://api.ezid.io/email-link/verify"])
        #expect(run.bodies.first?.hasSuffix(#","auth_code":"c.o.de"}"#) == true)
        guard case .fetched(let request)? = run.value else {
            Issue.record("nothing was fetched")
            return
        }
        #expect(request.method == "POST")
        #expect(request.target.text == "/email-link/verify")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"uuid":"U-1","id_token":{"verified":true,"rejection":null,"claims":\#(claims)},"#
                + #""access_token":{"verified":false,"rejection":"it is not a JWT","claims":null},"#
                + #""refresh_token":{"given":true}}"#)
        #expect(
            callFailure { _ = try script.run(call, [.json(200, #"{"success":true,"id_token":"i"}"#)]) }
                == .unexpectedResponse("access_token is missing."))
        #expect(
            complaint { _ = try task.call("U-1", script.account, FollowUpContext()) }
                == "The code is no longer in the archive.")
    }

    @Test(
        "a response with success:false is a rejection, with any status",
        arguments: [
            (200, #"{"success":false,"reason":"Invalid Client Secret"}"#, ["Invalid Client Secret"], "client_secret"),
            (400, #"{"success":false,"reason":"Link expired"}"#, ["Link expired"], "once"),
            (401, #"{"success":"false","reason":"x"}"#, ["x"], "client_id"),
            (500, #"{"message":"Internal"}"#, ["Internal"], "The provider failed"),
            (404, "<html>", [], "URL of the API"),
        ])
    func rejections(status: Int, body: String, words: [String], advice: String) throws {
        let rejection = try #require(script).rejection(status, body)
        #expect(rejection?.words == words)
        #expect(rejection?.advice?.contains(advice) == true)
    }
}
