import Deliveries
import Providers
import Testing

@Suite("Signatures over a body without its white space")
struct AcceptCompactedTests {
    private static let pretty = Array("{\n  \"a b\": \" c \",\n  \"d\": [1.0, 2]\n}\n".utf8)
    private static let compact = Array(#"{"a b":" c ","d":[1.0,2]}"#.utf8)
    private static let klaviSecret = Secret(name: "k", purpose: .signature, bytes: Array("key".utf8))
    private static let certificallSecret = Secret(name: "c", purpose: .hmac, identity: "api", bytes: Array("key".utf8))

    private func klavi(_ body: [UInt8], signed: [UInt8], opted: Bool, key: String = "key") -> OriginCheck {
        let header = HeaderField("X-Klavi-Signature", Hex.encode(TestCode.hmac(key: key, signed)))
        return KlaviProvider(acceptsCompacted: opted).verify(
            .with(headers: [header], body: body), with: [Self.klaviSecret])
    }

    private func certificall(_ body: [UInt8], signed: [UInt8], opted: Bool, key: String = "key") -> OriginCheck {
        let code = Hex.encode(TestCode.hmac(key: key, signed))
        return CertificallProvider(acceptsCompacted: opted).verify(
            .with(
                headers: [HeaderField("Authorization", "HMAC-SHA256 api:\(code)"), HeaderField("X-Api-Key", "api")],
                body: body), with: [Self.certificallSecret])
    }

    @Test("a signature over the compacted body is accepted only if the configuration allows it")
    func opted() {
        #expect(klavi(Self.pretty, signed: Self.compact, opted: true) == .verified(secretName: "k"))
        #expect(klavi(Self.pretty, signed: Self.compact, opted: false) == .failed(.mismatch))
        #expect(certificall(Self.pretty, signed: Self.compact, opted: true) == .verified(secretName: "c"))
        #expect(certificall(Self.pretty, signed: Self.compact, opted: false) == .failed(.mismatch))
    }

    @Test("a signature over the raw body is accepted in every mode", arguments: [false, true])
    func raw(_ opted: Bool) {
        #expect(klavi(Self.pretty, signed: Self.pretty, opted: opted) == .verified(secretName: "k"))
        #expect(certificall(Self.pretty, signed: Self.pretty, opted: opted) == .verified(secretName: "c"))
    }

    @Test("a signature with a different secret, or over a body with different content or more white space, is rejected")
    func rejected() {
        #expect(klavi(Self.pretty, signed: Self.compact, opted: true, key: "other") == .failed(.mismatch))
        #expect(certificall(Self.pretty, signed: Self.compact, opted: true, key: "other") == .failed(.mismatch))
        #expect(klavi(Self.compact, signed: Self.pretty, opted: true) == .failed(.mismatch))
        #expect(
            klavi(Array(#"{ "a b":"c","d":[1.0,2]}"#.utf8), signed: Self.compact, opted: true) == .failed(.mismatch))
        #expect(
            klavi(Array(#"{"a b":" c ","d":[1.0,20]}"#.utf8), signed: Self.compact, opted: true) == .failed(.mismatch))
    }

    @Test("a missing signature is reported as missing, and a malformed signature as malformed")
    func missing() {
        let provider = KlaviProvider(acceptsCompacted: true)
        #expect(provider.verify(.with(body: Self.pretty), with: [Self.klaviSecret]) == .failed(.missing))
        let junk = InboundRequest.with(headers: [HeaderField("X-Klavi-Signature", "junk")], body: Self.pretty)
        #expect(provider.verify(junk, with: [Self.klaviSecret]) == .failed(.malformed))
    }
}
