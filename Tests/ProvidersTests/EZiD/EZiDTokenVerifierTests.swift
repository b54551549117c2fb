import Deliveries
import StrictJSON
import Testing

@testable import Providers

@Suite("EZiD's tokens")
struct EZiDTokenVerifierTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
    private static let newer =
        #"{"sub":"ana@example.com.ezid.io/client-1","iss":"https://ezid.io","azp":"client-1","email":"ana@example.com","#
        + #""proxy_email":"p@ezid.io","nonce":"n","scope":"openid allow:invite","custom_claims":{"a": 1},"#
        + #""iat":1799999000,"exp":1800035000}"#
    private static let older = #"{"email":"ana@example.com","nonce":"n","iat":1799999000,"exp":1800035000}"#

    private static func verifier(_ key: String?) throws -> EZiDTokenVerifier {
        let key = key.map { ["public-key": $0] } ?? [:]
        return try EZiDTokenVerifier(
            APIScript(EZiDAPI.description, texts: ["client-id": "client-1"].merging(key) { $1 }).account)
    }

    private static func rejection(_ token: String) throws -> EZiDTokenVerifier.Rejection? {
        let verifier = try verifier(try TestIssuer.shared.get().publicKeyPEM)
        do throws(EZiDTokenVerifier.Rejection) {
            try verifier.verify(token, at: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("a token signed by EZiD identifies the user; older tokens have neither issuer nor client")
    func accepts() throws {
        for claims in [Self.newer, Self.older] {
            let token = try TestIssuer.shared.get().token(claims)
            #expect(try Self.rejection(token) == nil)
            let text = try Self.verifier(try TestIssuer.shared.get().publicKeyPEM).describe(token, at: Self.now)
            #expect(text.compact == #"{"verified":true,"rejection":null,"claims":\#(claims)}"#)
        }
    }

    @Test(
        "a signed token that has expired or belongs to another client is rejected",
        arguments: [
            (#"{"email":"a","exp":1800000000}"#, EZiDTokenVerifier.Rejection.expired), (#"{"email":"a"}"#, .noEnd),
            (#"{"email":"a","exp":"1800035000"}"#, .noEnd), (#"{"iss":"https://x","exp":1800035000}"#, .wrongIssuer),
            (#"{"azp":"client-2","exp":1800035000}"#, .wrongClient),
            (#"{"iss":"https://ezid.io","sub":"a.ezid.io/client-2","exp":1800035000}"#, .wrongClient),
        ])
    func rejects(claims: String, rejection: EZiDTokenVerifier.Rejection) throws {
        #expect(try Self.rejection(try TestIssuer.shared.get().token(claims)) == rejection)
    }

    @Test("a token that is signed with another key is rejected")
    func otherKey() throws {
        #expect(try Self.rejection(try TestIssuer().token(Self.newer)) == .wrongSignature)
    }

    @Test("changed claims are rejected")
    func changed() throws {
        let parts = try TestIssuer.shared.get().token(Self.newer).split(separator: ".")
        let other = TestIssuer.part(Array(Self.newer.replacing("ana@", with: "eva@").utf8))
        #expect(try Self.rejection("\(parts[0]).\(other).\(parts[2])") == .wrongSignature)
        #expect(try Self.rejection("\(parts[0]).\(parts[1]).") == .wrongSignature)
    }

    @Test(
        "a token with another algorithm is rejected, regardless of its signature",
        arguments: ["none", "HS256", "RS384", "PS256", "rs256"])
    func algorithms(name: String) throws {
        let token = try TestIssuer.shared.get().token(Self.newer, header: #"{"alg":"\#(name)"}"#)
        #expect(try Self.rejection(token) == .wrongAlgorithm)
    }

    @Test("text that is not a token is rejected", arguments: ["", "a.b.c", "..", "0123456789abcdef", "e30.e30"])
    func noToken(text: String) throws {
        #expect(try Self.rejection(text) == .noToken)
        #expect(JSONWebToken(text) == nil)
    }

    @Test("without a key, claims are shown as unverified")
    func unverified() throws {
        let token = try TestIssuer.shared.get().token(Self.older)
        #expect(
            try Self.verifier(nil).describe(token, at: Self.now).compact
                == #"{"verified":false,"rejection":"no public key of EZiD is configured","claims":\#(Self.older)}"#)
    }

    @Test(
        "text that is not a public RSA key is rejected",
        arguments: ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
    func badKey(pem: String) throws {
        #expect(
            complaint { _ = try Self.verifier(pem) }
                == "The public key of EZiD is not an RSA key of at least 2048 bits in PEM.")
    }
}
