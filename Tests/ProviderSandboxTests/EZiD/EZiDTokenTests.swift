import CryptoExtras
import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct EZiDTokenTests {
    @Test("a code gives three tokens, once")
    func verifies() throws {
        let desk = try EZiDDesk.open()
        let code = desk.link()["code"]
        let (status, json) = desk.post(
            "/email-link/verify", ["auth_code": .optional(code), "email": "Ana.Souza@example.com"])
        #expect(status == 200)
        #expect(json?["success"]?.bool == true)
        #expect(json?.members?.map(\.name) == ["id_token", "access_token", "refresh_token", "success"])
        #expect(json?["refresh_token"]?.string?.count == 36)
        #expect(desk.refusal("/email-link/verify", ["auth_code": .optional(code)]) == "Code already used")
    }

    @Test("a code that is unknown, missing, expired or another's is refused")
    func refusesCodes() throws {
        let desk = try EZiDDesk.open()
        let code = desk.link(["expiry": "1500"])["code"]
        let target = "/email-link/verify"
        #expect(desk.refusal(target, ["auth_code": "ey.ey.x"]) == "Invalid code")
        #expect(desk.refusal(target, [:]) == "auth_code is required")
        #expect(desk.refusal(target, ["auth_code": 5]) == "auth_code must be a string")
        #expect(desk.refusal(target, ["auth_code": .optional(code), "email": "x@example.com"]) == "Invalid email")
        desk.now += 1.5
        #expect(desk.refusal(target, ["auth_code": .optional(code)]) == "Code expired")
        desk.now -= 0.1
        #expect(desk.tokens(code: code)?["success"]?.bool == true)
    }

    @Test("the tokens have the documented claims and a signature of the published key")
    func claims() throws {
        let desk = try EZiDDesk.open()
        let tokens = try #require(desk.tokens(code: desk.link(["claims": ["role": "reader"]])["code"]))
        let idToken = try #require(ReadToken(tokens["id_token"]?.string))
        let accessToken = try #require(ReadToken(tokens["access_token"]?.string))
        #expect(idToken.claimNames == ["sub", "iss", "email", "proxy_email", "nonce", "iat", "exp"])
        #expect(accessToken.claimNames == ["sub", "iss", "azp", "scope", "custom_claims", "iat", "exp"])
        for token in [idToken, accessToken] {
            #expect(token.header == ["alg": "RS256", "typ": "JWT"])
            #expect(token.claims["sub"] == "ana.souza@example.com.ezid.io/ezid-sandbox-client")
            #expect(token.claims["iss"] == "https://ezid.io")
            #expect(token.claims["iat"]?.integer == 1_795_255_200)
            #expect(token.claims["exp"]?.integer == 1_795_255_200 + 36_000)
        }
        #expect(idToken.claims["email"] == "ana.souza@example.com")
        #expect(idToken.claims["proxy_email"]?.string?.hasSuffix("@proxy.example.com") == true)
        #expect(accessToken.claims["azp"] == "ezid-sandbox-client")
        #expect(accessToken.claims["scope"] == "openid allow:invite")
        #expect(accessToken.claims["custom_claims"] == ["role": "reader"])

        let published = try #require(desk.call("GET", "/ezid/public-key.pem"))
        let key = try _RSA.Signing.PublicKey(pemRepresentation: published.bodyText)
        #expect(key.keySizeInBits == 2048)
        for token in [idToken, accessToken] {
            #expect(Self.isSigned(token.signed, token.signature, key))
            #expect(!Self.isSigned(token.signed + [0], token.signature, key))
        }
    }

    @Test("a key is made at the first need and stays")
    func ownKey() {
        let desk = EZiDDesk(EZiDImitation())
        let first = desk.call("GET", "/ezid/public-key.pem")
        #expect(first?.bodyText.hasPrefix("-----BEGIN PUBLIC KEY-----") == true)
        #expect(desk.call("GET", "/ezid/public-key.pem") == first)
    }

    @Test("a text that is no key is refused")
    func refusesKey() {
        #expect(throws: SandboxRefusal.self) { try EZiDImitation(signingKeyPEM: "no key") }
    }

    private static func isSigned(_ message: [UInt8], _ signature: Data, _ key: _RSA.Signing.PublicKey) -> Bool {
        key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: Data(message), padding: .insecurePKCS1v1_5)
    }
}
