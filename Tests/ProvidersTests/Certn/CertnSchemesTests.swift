import Deliveries
import Providers
import Testing

@Suite("Certn's two APIs at one URL")
struct CertnSchemesTests {
    private static let body = Array(#"{"id":"1"}"#.utf8)
    private static let legacy = HeaderField(
        "Certn-Signature", "t=1700000000,v1=" + Hex.encode(TestCode.hmac(key: "key", Array("1700000000.".utf8) + body)))
    private static let centric = HeaderField("X-Signature", Hex.encode(TestCode.hmac(key: "key", body)))

    private func check(_ headers: [HeaderField], for purpose: SecretPurpose) -> OriginCheck {
        let secret = Secret(name: "secret", purpose: purpose, bytes: Array("key".utf8))
        return CertnProvider().verify(.with(headers: headers, body: Self.body), with: [secret])
    }

    @Test(
        "a delivery with both headers is malformed, even if both signatures are correct",
        arguments: [SecretPurpose.signature, .legacy, .centric])
    func both(_ purpose: SecretPurpose) {
        #expect(check([Self.legacy, Self.centric], for: purpose) == .failed(.malformed))
        #expect(check([Self.centric, Self.legacy], for: purpose) == .failed(.malformed))
        #expect(check([Self.centric, HeaderField("certn-signature", "")], for: purpose) == .failed(.malformed))
    }

    @Test("a secret of one API does not verify deliveries of the other API")
    func separateSecrets() {
        #expect(check([Self.legacy], for: .legacy) == .verified(secretName: "secret"))
        #expect(check([Self.legacy], for: .centric) == .failed(.mismatch))
        #expect(check([Self.centric], for: .centric) == .verified(secretName: "secret"))
        #expect(check([Self.centric], for: .legacy) == .failed(.mismatch))
    }

    @Test("a secret that is not assigned to an API is tried for both APIs")
    func commonSecret() {
        #expect(check([Self.legacy], for: .signature) == .verified(secretName: "secret"))
        #expect(check([Self.centric], for: .signature) == .verified(secretName: "secret"))
    }

    @Test("a legacy signature is not accepted as a Centric signature over a body that starts with the time")
    func separateDomains() {
        let secret = Secret(name: "secret", purpose: .signature, bytes: Array("key".utf8))
        func check(_ body: String) -> OriginCheck {
            let signature = Hex.encode(TestCode.hmac(key: "key", Array(body.utf8)))
            return CertnProvider().verify(
                .with(headers: [HeaderField("X-Signature", signature)], body: Array(body.utf8)), with: [secret])
        }
        for body in [#"1700000000.{"id":"1"}"#, "1700000000123.", "0.5", "1."] {
            #expect(check(body) == .failed(.mismatch), "\(body)")
        }
        for body in [#"{"id":"1700000000.1"}"#, "1700000000", ".1", "[1.5]", ""] {
            #expect(check(body) == .verified(secretName: "secret"), "\(body)")
        }
    }

    @Test("Centric's signature has no time and does not expire")
    func centricAge() {
        let request = InboundRequest.with(
            headers: [Self.centric], body: Self.body, receivedAt: Timestamp(millisecondsSinceEpoch: .max))
        let secret = Secret(name: "secret", purpose: .centric, bytes: Array("key".utf8))
        #expect(
            CertnProvider().verify(request, with: [secret], toleranceMilliseconds: 0) == .verified(secretName: "secret")
        )
    }

    @Test("a delivery without either API's signature header is reported as unsigned")
    func neither() {
        #expect(check([], for: .signature) == .failed(.missing))
        #expect(check([HeaderField("X-Certn-Signature", Self.centric.value)], for: .signature) == .failed(.missing))
        #expect(check([HeaderField("Certn-Team-ID", "1")], for: .signature) == .failed(.missing))
    }
}
