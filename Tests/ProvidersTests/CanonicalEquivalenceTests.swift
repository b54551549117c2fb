import Deliveries
import StrictJSON
import TestKit
import Testing

@testable import Providers

/// Tests that names and values of senders are compared as bytes.
@Suite("Canonical equivalence")
struct CanonicalEquivalenceTests {
    @Test("fields are distinct if the bytes of their names, values or paths differ")
    func fields() throws {
        for (composed, decomposed) in CanonicalTwins.pairs(200) {
            var collector = FieldCollector()
            let info =
                #"{"\#(composed)":"1","\#(decomposed)":"1","n":["\#(composed)","\#(decomposed)","\#(composed)"]}"#
            collector.addExternalInfo(try JSONDocument(parsing: Array(info.utf8)).root)
            let expected = [
                ("externalInfo." + composed, "1"), ("externalInfo." + decomposed, "1"), ("externalInfo.n", composed),
                ("externalInfo.n", decomposed),
            ]
            #expect(
                collector.fields.map { [Array($0.name.utf8), Array($0.value.utf8)] }
                    == expected.map { [Array($0.0.utf8), Array($0.1.utf8)] })
        }
    }

    @Test("a source is found by the bytes of its name")
    func sources() {
        for (composed, decomposed) in CanonicalTwins.pairs(50) {
            let sources = [composed, decomposed].map {
                Source(name: $0, provider: KlaviProvider(), path: "/" + $0, originPolicy: .unchecked)
            }
            for table in [SourceTable(sources), SourceTable(sources.reversed())] {
                for name in [composed, decomposed] {
                    #expect(table.source(named: name)?.name.utf8.elementsEqual(name.utf8) == true)
                }
            }
            #expect(SourceTable([sources[0]]).source(named: decomposed) == nil)
        }
        #expect(ProviderCatalog.standard.provider(named: "klavi") != nil)
        #expect(ProviderCatalog.standard.provider(named: "klavi\u{301}") == nil)
    }

    @Test("two configured paths are equal only if their bytes are equal")
    func paths() throws {
        let composed = try #require(JSONPath("$.caf\u{e9}"))
        let decomposed = try #require(JSONPath("$.cafe\u{301}"))
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed, composed]).count == 2)
    }

    @Test("the API key in the header is compared by bytes")
    func apiKey() {
        let secret = Secret(name: "s", purpose: .hmac, identity: "cl\u{e9}", bytes: Array("k".utf8))
        func check(_ key: String, _ header: String) -> OriginCheck {
            let code = ConstantTime.authenticationCode(
                in: CertificallAuthorization.scheme, before: [], body: [1], after: [], key: secret.bytes)
            let request = InboundRequest.with(
                headers: [
                    HeaderField("Authorization", "HMAC-SHA256 \(key):\(Hex.encode(code))"),
                    HeaderField("X-Api-Key", header),
                ], body: [1])
            return CertificallAuthorization.check(request, with: [secret])
        }
        #expect(check("cl\u{e9}", "cl\u{e9}") == .verified(secretName: "s"))
        #expect(check("cle\u{301}", "cle\u{301}") == .failed(.mismatch))
        #expect(check("cl\u{e9}", "cle\u{301}") == .failed(.mismatch))
    }
}
