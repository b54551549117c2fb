import Deliveries
import Providers
import TestKit
import Testing

@Suite("Signing round trip")
struct SigningRoundTripTests {
    private static let schemes: [HMACScheme] = {
        let layouts: [HMACScheme.Layout] = [
            .single(prefix: ""), .single(prefix: "v0="), .elements(time: "t", signature: "s"), .list(prefix: "v1,"),
        ]
        var schemes = [HMACScheme.klavi, .certnLegacy, .certnCentric, .standardWebhooks]
        for algorithm in HMACScheme.Algorithm.allCases {
            for encoding in HMACScheme.Encoding.allCases {
                for layout in layouts {
                    var scheme = HMACScheme(header: "X-Signature")
                    scheme.algorithm = algorithm
                    scheme.encoding = encoding
                    scheme.layout = layout
                    scheme.idHeader = "X-Id"
                    scheme.signed = [.text("v0:"), .id, .timestamp, .body, .text("\n")]
                    if case .elements = layout {} else { scheme.timestampHeader = "X-Time" }
                    schemes.append(scheme)
                }
            }
        }
        return schemes
    }()

    private static let secret = Secret(
        name: "s", purpose: .signature, bytes: Array("c2VjcmV0LWtleS1vZi10ZXN0cw==".utf8))

    @Test("the headers of every scheme verify only the body for which they were created")
    func roundTrip() {
        var generator = SplitMix64(seed: 41)
        for scheme in Self.schemes {
            for count in [0, 1, 100] {
                let body = generator.bytes(count)
                let headers = scheme.headers(signing: body, with: Self.secret, at: .vectors, id: "id-1")
                let request = InboundRequest.with(headers: headers, body: body)
                let check = scheme.verify(request, with: [Self.secret], toleranceMilliseconds: 0)
                #expect(check == .verified(secretName: "s"), "\(scheme)")
                let other = scheme.verify(
                    request.replacing(body: body + [0]), with: [Self.secret], toleranceMilliseconds: 0)
                #expect(other == .failed(.mismatch), "\(scheme)")
            }
        }
    }

    @Test("every named scheme verifies the headers that it signs")
    func offline() throws {
        let body = Array(#"{"a":1}"#.utf8)
        for scheme in ProviderCatalog.standard.schemes {
            let secret = Secret(
                name: "s", purpose: scheme.purpose, identity: "who",
                bytes: Array("c2VjcmV0LWtleS1vZi10ZXN0cw==".utf8))
            guard let headers = scheme.headers(signing: body, with: secret, at: .vectors, id: "1") else {
                #expect([SecretPurpose.bearer, .basic].contains(scheme.purpose))
                continue
            }
            let request = InboundRequest.with(headers: headers, body: body)
            let right = scheme.diagnose(request, with: [secret], toleranceMilliseconds: 0)
            #expect(right.outcome == .verified(secretName: "s"), "\(scheme.name)")
            let wrong = scheme.diagnose(request.replacing(body: []), with: [secret], toleranceMilliseconds: 0)
            #expect(wrong.outcome == .failed(.mismatch), "\(scheme.name)")
            #expect(scheme.diagnose(.with(), with: [secret], toleranceMilliseconds: 0).outcome == .failed(.missing))
        }
    }

    @Test("the schemes have their documented names")
    func names() {
        #expect(
            ProviderCatalog.standard.schemes.map(\.name) == [
                "klavi", "certn-legacy", "certn-centric", "certificall-hmac", "certificall-bearer", "certificall-basic",
                "standard-webhooks",
            ])
    }

    @Test("a secret in the header is checked but not shown")
    func secretItself() throws {
        let scheme = try #require(ProviderCatalog.standard.schemes.first { $0.name == "certificall-bearer" })
        let secret = Secret(name: "token", purpose: .bearer, bytes: Array("top-secret".utf8))
        let request = InboundRequest.with(headers: [HeaderField("Authorization", "Bearer top-secret")])
        let diagnosis = scheme.diagnose(request, with: [secret], toleranceMilliseconds: 0)
        #expect(diagnosis.outcome == .verified(secretName: "token"))
        #expect(diagnosis.got.isEmpty && diagnosis.expected.isEmpty)
        #expect(!String(reflecting: diagnosis).contains("top-secret"))
    }
}
