import Deliveries
import Foundation
import Providers
import Testing

@Suite("Certificall's three schemes")
struct CertificallAuthorizationTests {
    private static let body = Array(#"{"cfRef":"1"}"#.utf8)
    private static let signature = Hex.encode(TestCode.hmac(key: "hmac-key", body))
    private static let secrets = [
        Secret(name: "token", purpose: .bearer, bytes: Array("a-token".utf8)),
        Secret(name: "login", purpose: .basic, identity: "hook", bytes: Array("pa:ss wörd".utf8)),
        Secret(name: "key", purpose: .hmac, identity: "api-key", bytes: Array("hmac-key".utf8)),
        Secret(name: "second", purpose: .hmac, identity: "second:key", bytes: Array("second-key".utf8)),
    ]

    private func check(_ authorization: String, apiKeys: [String] = []) -> OriginCheck {
        CertificallProvider().verify(
            .with(
                headers: [HeaderField("Authorization", authorization)] + apiKeys.map { HeaderField("X-Api-Key", $0) },
                body: Self.body), with: Self.secrets)
    }

    private func basic(_ credentials: String) -> OriginCheck {
        check("Basic " + Data(credentials.utf8).base64EncodedString())
    }

    @Test(
        "the name of a scheme may have any letter case",
        arguments: ["Bearer a-token", "bearer a-token", "BEARER a-token"])
    func schemeLetterCase(_ authorization: String) {
        #expect(check(authorization) == .verified(secretName: "token"))
    }

    @Test(
        "only the complete token is accepted",
        arguments: [
            "a-toke", "a-tokens", "A-TOKEN", "a-token ", "  a-token", "\"a-token\"", "a-token,a-token", "hmac-key",
            "pa:ss",
        ])
    func bearer(_ token: String) {
        #expect(check("Bearer \(token)") == .failed(.mismatch))
    }

    @Test(
        "a header without a scheme or credentials is malformed",
        arguments: [
            "a-token", "Bearer", "Bearer ", "Bearer\ta-token", "Basic", "Basic ", "Basic not-base-64!",
            "Basic aG9vazpwd", "HMAC-SHA256", "HMAC-SHA256 ", "HMAC-SHA256 api-key", "HMAC-SHA256 :",
            "HMAC-SHA256 api-key:", "HMAC-SHA1 api-key:00", "Digest a-token", "Token a-token",
        ])
    func malformed(_ authorization: String) {
        #expect(check(authorization, apiKeys: ["api-key"]) == .failed(.malformed))
    }

    @Test("user and password are accepted only together")
    func basicCredentials() {
        #expect(basic("hook:pa:ss wörd") == .verified(secretName: "login"))
        let others = [
            "hook:", "hook", ":pa:ss wörd", "hook:pa", "Hook:pa:ss wörd", "hook:pa:ss wörd ", "hook:pa:ss wo\u{308}rd",
            "hook:pa:ss word", "hookpa:ss wörd", "pa:ss wörd:hook", "hook::pa:ss wörd", "a-token",
        ]
        for other in others { #expect(basic(other) == .failed(.mismatch), "\(other)") }
    }

    @Test("a user name may contain a colon, because user and password are compared as one string")
    func colonInUserName() {
        let secret = Secret(name: "login", purpose: .basic, identity: "a:b", bytes: Array("c".utf8))
        let request = InboundRequest.with(
            headers: [HeaderField("Authorization", "Basic " + Data("a:b:c".utf8).base64EncodedString())])
        #expect(CertificallProvider().verify(request, with: [secret]) == .verified(secretName: "login"))
    }

    @Test("an API key selects its secret, even if it contains a colon")
    func apiKeys() {
        #expect(check("HMAC-SHA256 api-key:\(Self.signature)", apiKeys: ["api-key"]) == .verified(secretName: "key"))
        let second = Hex.encode(TestCode.hmac(key: "second-key", Self.body))
        #expect(check("HMAC-SHA256 second:key:\(second)", apiKeys: ["second:key"]) == .verified(secretName: "second"))
        #expect(check("HMAC-SHA256 api-key:\(second)", apiKeys: ["api-key"]) == .failed(.mismatch))
        #expect(check("HMAC-SHA256 second:key:\(Self.signature)", apiKeys: ["second:key"]) == .failed(.mismatch))
        #expect(check("HMAC-SHA256 other:\(Self.signature)", apiKeys: ["other"]) == .failed(.mismatch))
    }

    @Test("both headers must contain the same API key, each once")
    func apiKeyHeader() {
        let authorization = "HMAC-SHA256 api-key:\(Self.signature)"
        for keys in [[], ["other"], ["API-KEY"], [""], ["api-key "], ["api-key", "api-key"], ["api-key", "other"]] {
            #expect(check(authorization, apiKeys: keys) == .failed(.mismatch), "\(keys)")
        }
    }

    @Test("a correct API key without its signature is rejected")
    func apiKeyAlone() {
        let request = InboundRequest.with(headers: [HeaderField("X-Api-Key", "api-key")], body: Self.body)
        #expect(CertificallProvider().verify(request, with: Self.secrets) == .failed(.missing))
    }

    @Test("the secret of one scheme is not accepted for another scheme")
    func crossing() {
        #expect(check("Bearer hmac-key") == .failed(.mismatch))
        #expect(basic("api-key:hmac-key") == .failed(.mismatch))
        #expect(basic(":a-token") == .failed(.mismatch))
        let signature = Hex.encode(TestCode.hmac(key: "a-token", Self.body))
        #expect(check("HMAC-SHA256 api-key:\(signature)", apiKeys: ["api-key"]) == .failed(.mismatch))
    }
}
