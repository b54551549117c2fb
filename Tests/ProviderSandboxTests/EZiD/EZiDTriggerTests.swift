import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct EZiDTriggerTests {
    @Test("a redirect opens a link as a browser would, and its code can be turned in")
    func redirects() throws {
        let desk = try EZiDDesk.open()
        try desk.trigger(
            Trigger(
                kind: "redirect", externalInfo: [JSON.Member("trace", "t1")], reference: "bob@example.com",
                url: "http://127.0.0.1:8080/ezid/auth"))
        let callback = try #require(desk.sent.first)
        #expect(desk.sent.count == 1)
        #expect(callback.provider == "ezid")
        #expect(callback.kind == "redirect")
        #expect(callback.method == "GET")
        #expect(callback.url.hasPrefix("http://127.0.0.1:8080/ezid/auth?code=ey"))
        #expect(callback.url.hasSuffix("&callback_url=unspecified"))
        #expect(callback.body.isEmpty)
        #expect(callback.policy.waits.isEmpty)
        #expect((100...599).allSatisfy(callback.policy.isFinal))
        let headers = callback.proof(of: [], ProofConditions(secondsSinceEpoch: 0))
        #expect(headers.map(\.name) == ["User-Agent", "Accept"])
        #expect(headers.first?.value.hasPrefix("Mozilla/5.0 ") == true)
        #expect(headers.firstValue(of: "Accept") == "text/html")
        let code = desk.query(of: callback.url)["code"]
        #expect(ReadToken(code)?.claims["uuid"]?.string == callback.reference)
        let tokens = desk.tokens(code: code)
        #expect(ReadToken(tokens?["id_token"]?.string)?.claims["email"] == "bob@example.com")
        #expect(ReadToken(tokens?["access_token"]?.string)?.claims["custom_claims"] == ["trace": "t1"])
    }

    @Test("several redirects are independent of each other")
    func groups() throws {
        let desk = try EZiDDesk.open()
        for _ in 0..<3 { try desk.trigger(Trigger(kind: "redirect", url: "http://127.0.0.1:8080/")) }
        #expect(Set(desk.sent.map(\.group)).count == 3)
        #expect(Set(desk.sent.map(\.url)).count == 3)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            Trigger(kind: "redirect"), Trigger(kind: "redirect", url: "nowhere"),
            Trigger(kind: "certificate", url: "http://127.0.0.1/"),
            Trigger(kind: "redirect", url: "http://127.0.0.1/", byteCount: 9),
            Trigger(kind: "redirect", reference: "ana", url: "http://127.0.0.1/"),
        ])
    func refuses(_ trigger: Trigger) throws {
        let desk = try EZiDDesk.open()
        #expect(throws: SandboxRefusal.self) { try desk.trigger(trigger) }
        #expect(desk.sent.isEmpty)
    }

    @Test("there is nothing to register")
    func registersNothing() throws {
        let desk = try EZiDDesk.open()
        let refusal = #expect(throws: SandboxRefusal.self) {
            try desk.register(Registration(url: "http://127.0.0.1:8080/ezid"))
        }
        #expect(refusal?.text.contains("base_url_email_link") == true)
    }
}
