import Deliveries
import Providers
import Testing

@Suite("Renewing a signature")
struct ProofRenewalTests {
    /// A day after the test vectors, when their signed time has expired.
    private static let later = Timestamp(millisecondsSinceEpoch: 1_700_086_400_000)

    private static func verify(
        _ headers: [HeaderField], _ body: [UInt8], _ scheme: ProofScheme, key: String
    ) -> OriginCheck {
        scheme.verify(
            .with(headers: headers, body: body, receivedAt: later), with: [scheme.secret("new", key: key)])
    }

    @Test("a changed body with a new signature is verified at the current time", arguments: ProofScheme.all)
    func renews(_ scheme: ProofScheme) throws {
        let key = "another-contract-key"
        let body = Array(#"{"id":"other"}"#.utf8)
        let request = scheme.request().replacing(body: body)
        let headers = try #require(
            scheme.provider.renewingProof(
                of: request, with: [scheme.secret("new", key: key)], at: Self.later, id: "msg_42"))
        #expect(Self.verify(headers, body, scheme, key: key) == .verified(secretName: "new"))
        #expect(HeaderFields(headers).values(named: scheme.headerName).count == 1)
        #expect(HeaderFields(headers).values(named: "Host") == ["callbox.example"])
    }

    @Test("a signature is added to a request that has none", arguments: ProofScheme.all)
    func adds(_ scheme: ProofScheme) throws {
        let request = InboundRequest.with(headers: [HeaderField("X-Kept", "1")], body: [UInt8(ascii: "1")])
        let headers = try #require(
            scheme.provider.renewingProof(
                of: request, with: [scheme.secret("new", key: ProofScheme.key)], at: Self.later, id: "msg_42"))
        #expect(headers.first == HeaderField("X-Kept", "1"))
        #expect(Self.verify(headers, request.body, scheme, key: ProofScheme.key) == .verified(secretName: "new"))
    }

    @Test("without a secret no signature is created", arguments: ProofScheme.all)
    func noSecret(_ scheme: ProofScheme) {
        #expect(scheme.provider.renewingProof(of: scheme.request(), with: [], at: Self.later, id: "msg_42") == nil)
    }

    @Test("a renewed signature keeps the ID and the header names of the request")
    func keepsID() throws {
        let scheme = ProofScheme.svix
        let headers = HeaderFields(
            try #require(
                scheme.provider.renewingProof(
                    of: scheme.request(), with: [scheme.secret("new", key: ProofScheme.key)], at: Self.later,
                    id: "msg_42")))
        #expect(headers.values(named: "svix-id") == ["msg_1"])
        #expect(headers.values(named: "svix-timestamp") == ["1700086400"])
        #expect(!headers.contains("webhook-id") && !headers.contains("webhook-signature"))
    }

    @Test("the new signature uses the first secret in the list")
    func order() throws {
        let scheme = ProofScheme.klavi
        let secrets = [scheme.secret("first", key: "first-contract-key"), scheme.secret("second", key: "second-key")]
        let headers = try #require(
            scheme.provider.renewingProof(of: scheme.request(), with: secrets, at: Self.later, id: "msg_42"))
        #expect(
            scheme.verify(scheme.request().replacing(headers: headers), with: secrets)
                == .verified(secretName: "first"))
    }

    @Test("a secret that is not a valid key of the scheme creates no signature")
    func misfit() {
        let secret = Secret(name: "bearer", purpose: .bearer, bytes: Array("a-bearer-token-of-another".utf8))
        let request = ProofScheme.standardWebhooks.request()
        let provider = ProofScheme.standardWebhooks.provider
        #expect(provider.renewingProof(of: request, with: [secret], at: Self.later, id: "msg_42") == nil)
    }
}
