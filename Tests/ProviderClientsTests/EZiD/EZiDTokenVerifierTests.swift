import Deliveries
import ProviderClients
import StrictJSON
import Testing

@Suite("Tokens of EZiD's")
struct EZiDTokenVerifierTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
    private static let newer =
        #"{"sub":"ana@example.com.ezid.io/client-1","iss":"https://ezid.io","azp":"client-1","email":"ana@example.com","#
        + #""proxy_email":"p@ezid.io","nonce":"n","scope":"openid allow:invite","custom_claims":{"a": 1},"#
        + #""iat":1799999000,"exp":1800035000}"#
    private static let older = #"{"email":"ana@example.com","nonce":"n","iat":1799999000,"exp":1800035000}"#

    private static func check(
        _ token: String, issuer: TestIssuer? = nil
    ) async throws -> Result<EZiDClaims, EZiDTokenVerifier.Rejection> {
        let issuer = try issuer ?? TestIssuer.shared.get()
        let verifier = try await EZiDTokenVerifier(publicKeyPEM: issuer.publicKeyPEM, clientID: "client-1")
        do throws(EZiDTokenVerifier.Rejection) {
            return .success(try await verifier.claims(of: Credential(token), at: now))
        } catch {
            return .failure(error)
        }
    }

    private static func rejection(_ token: String) async throws -> EZiDTokenVerifier.Rejection? {
        guard case .failure(let rejection) = try await check(token) else { return nil }
        return rejection
    }

    @Test("a token that EZiD signed says who the user is")
    func accepts() async throws {
        let claims = try await Self.check(try TestIssuer.shared.get().token(Self.newer)).get()
        #expect(claims.isVerified)
        #expect(claims.subject == "ana@example.com.ezid.io/client-1")
        #expect(claims.authorizedParty == "client-1")
        #expect(claims.rest.root["custom_claims"]?.rawText == #"{"a": 1}"#)
        #expect(claims.expiresAt == Timestamp(millisecondsSinceEpoch: 1_800_035_000_000))
    }

    @Test("older tokens name neither issuer nor client")
    func older() async throws {
        let claims = try await Self.check(try TestIssuer.shared.get().token(Self.older)).get()
        #expect(claims.rest.root["email"]?.string == "ana@example.com")
    }

    @Test(
        "a signed token that is over or for somebody else is rejected",
        arguments: [
            (#"{"email":"a","exp":1800000000}"#, EZiDTokenVerifier.Rejection.expired), (#"{"email":"a"}"#, .noEnd),
            (#"{"email":"a","exp":"1800035000"}"#, .noEnd), (#"{"iss":"https://x","exp":1800035000}"#, .wrongIssuer),
            (#"{"azp":"client-2","exp":1800035000}"#, .wrongClient),
            (#"{"iss":"https://ezid.io","sub":"a.ezid.io/client-2","exp":1800035000}"#, .wrongClient),
        ])
    func rejects(claims: String, rejection: EZiDTokenVerifier.Rejection) async throws {
        #expect(try await Self.rejection(try TestIssuer.shared.get().token(claims)) == rejection)
    }

    @Test("a token of another key is rejected")
    func otherKey() async throws {
        #expect(try await Self.rejection(try TestIssuer().token(Self.newer)) == .wrongSignature)
    }

    @Test("changed claims are rejected")
    func changed() async throws {
        let parts = try TestIssuer.shared.get().token(Self.newer).split(separator: ".")
        let other = TestIssuer.part(Array(Self.newer.replacing("ana@", with: "eva@").utf8))
        #expect(try await Self.rejection("\(parts[0]).\(other).\(parts[2])") == .wrongSignature)
        #expect(try await Self.rejection("\(parts[0]).\(parts[1]).") == .wrongSignature)
    }

    @Test("other algorithms are rejected, whoever signed", arguments: ["none", "HS256", "RS384", "PS256", "rs256"])
    func algorithms(name: String) async throws {
        let token = try TestIssuer.shared.get().token(Self.newer, header: #"{"alg":"\#(name)"}"#)
        #expect(try await Self.rejection(token) == .wrongAlgorithm)
    }

    @Test("what is no token is rejected", arguments: ["", "a.b.c", "..", "0123456789abcdef", "e30.e30"])
    func noToken(text: String) async throws {
        #expect(try await Self.rejection(text) == .noToken)
        #expect(EZiDClaims(unverified: Credential(text)) == nil)
    }

    @Test("without a key, claims are read and marked as unverified")
    func unverified() throws {
        let token =
            TestIssuer.part(Array(#"{"alg":"HS256"}"#.utf8)) + "." + TestIssuer.part(Array(Self.older.utf8)) + ".x"
        let claims = try #require(EZiDClaims(unverified: Credential(token)))
        #expect(!claims.isVerified)
        #expect(claims.rest.root["email"]?.string == "ana@example.com")
    }

    @Test(
        "what is no public RSA key is rejected",
        arguments: ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
    func badKey(pem: String) async throws {
        let failure = await failure { _ = try await EZiDTokenVerifier(publicKeyPEM: pem, clientID: "c") }
        #expect(failure == .badInput("The public key of EZiD is no RSA key in PEM of at least 2048 bits."))
    }
}
