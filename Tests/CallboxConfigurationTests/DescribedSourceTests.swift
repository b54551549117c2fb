import Deliveries
import Providers
import StrictJSON
import Testing

@testable import CallboxConfiguration

@Suite("Sources that describe their provider")
struct DescribedSourceTests {
    private static func parse(_ settings: String) throws -> SourceSettings? {
        try ConfigurationFile.parse("sources:\n  x: {\(settings)}", file: "c.yaml").sources.first
    }

    private static func provider(_ settings: String) throws -> GenericProvider {
        try #require(try parse(settings)?.provider as? GenericProvider)
    }

    private static let start = "provider: generic, type: $.type, "

    @Test("a generic source reads the configured values")
    func reading() throws {
        let provider = try Self.provider(
            "provider: generic, type: 'header:X-Event', id: $.id, time: $.at, external-info: $.meta, fields: [$.a, $.b.c]"
        )
        #expect(provider.name == "generic")
        #expect(provider.scheme == nil)
        #expect(provider.reading.type == .header("X-Event"))
        #expect(provider.reading.id?.description == "$.id")
        #expect(provider.reading.time?.description == "$.at")
        #expect(provider.reading.externalInfo == JSONPath("$.meta"))
        #expect(provider.reading.fields == ["$.a", "$.b.c"].compactMap(JSONPath.init))
    }

    @Test("by default a signature is the SHA-256 HMAC of the body in hexadecimal digits")
    func signatureDefaults() throws {
        let scheme = try Self.provider(Self.start + "signature: {header: X-Sig}").scheme
        var expected = HMACScheme(header: "X-Sig")
        expected.layout = .list(prefix: "")
        #expect(scheme == expected)
    }

    @Test("every key of a signature is read")
    func signature() throws {
        let scheme = try #require(
            try Self.provider(
                Self.start
                    + "signature: {header: S, prefix: 'v0=', algorithm: sha512, encoding: base64, "
                    + "secret-format: base64, timestamp-header: T, id-header: I, signed: 'v0:{timestamp}:{id}:{body}'}"
            ).scheme)
        #expect(scheme.layout == .list(prefix: "v0="))
        #expect(scheme.algorithm == .sha512)
        #expect(scheme.encoding == .base64)
        #expect(scheme.secretFormat == .base64)
        #expect(scheme.timestampHeader == "T")
        #expect(scheme.idHeader == "I")
        #expect(scheme.signed == [.text("v0:"), .timestamp, .text(":"), .id, .text(":"), .body])
    }

    @Test("a source without a type is accepted")
    func noType() throws {
        #expect(try Self.provider("provider: generic").reading.type == nil)
    }

    @Test("with the layout 'elements', the settings name the element that contains the time")
    func elements() throws {
        let scheme = try Self.provider(
            Self.start + "signature: {header: S, elements: {time: t, signature: v1}, signed: '{timestamp}.{body}'}"
        ).scheme
        #expect(scheme?.layout == .elements(time: "t", signature: "v1"))
    }

    @Test("a standard-webhooks source needs no settings, but the paths of the type and the ID can be changed")
    func standardWebhooks() throws {
        let provider = try Self.provider("provider: standard-webhooks")
        #expect(provider.scheme == .standardWebhooks)
        #expect(provider.reading.type?.description == "$.type")
        #expect(provider.reading.id == .header("webhook-id"))
        #expect(provider.reading.time?.description == "$.timestamp")
        let other = try Self.provider("provider: standard-webhooks, type: $.event, id: $.id")
        #expect(other.reading.type?.description == "$.event")
        #expect(other.reading.id?.description == "$.id")
    }

    @Test("standard-webhooks rejects signature settings, and klavi rejects settings that describe a provider")
    func keysOfOthers() {
        for settings in ["provider: standard-webhooks, signature: {header: S}", "provider: klavi, type: $.type"] {
            let failure = #expect(throws: ConfigurationError.self) { try Self.parse(settings) }
            #expect(failure?.message.contains("sources.x has the unknown key") == true)
        }
    }
}
