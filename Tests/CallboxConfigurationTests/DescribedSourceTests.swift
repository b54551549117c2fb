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

    private static func expect(_ settings: String, rejectedAs expected: String) {
        let failure = #expect(throws: ConfigurationError.self) { try parse(settings) }
        #expect(failure?.isUnreadableFile == false)
        #expect(failure?.message == "c.yaml, line 2: sources.x" + expected)
    }

    private static let start = "provider: generic, type: $.type, "

    @Test("a generic source reads what it is told to read")
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

    @Test("a signature is SHA-256 of the body in hexadecimal digits where nothing else stands there")
    func signatureDefaults() throws {
        let scheme = try Self.provider(Self.start + "signature: {header: X-Sig}").scheme
        #expect(scheme == HMACScheme(header: "X-Sig"))
    }

    @Test("every key of a signature is read")
    func signature() throws {
        let scheme = try #require(
            try Self.provider(
                Self.start
                    + "signature: {header: S, prefix: 'v0=', algorithm: sha512, encoding: base64, "
                    + "secret-format: base64, timestamp-header: T, id-header: I, signed: 'v0:{timestamp}:{id}:{body}'}"
            ).scheme)
        #expect(scheme.layout == .single(prefix: "v0="))
        #expect(scheme.algorithm == .sha512)
        #expect(scheme.encoding == .base64)
        #expect(scheme.secretFormat == .base64)
        #expect(scheme.timestampHeader == "T")
        #expect(scheme.idHeader == "I")
        #expect(scheme.signed == [.text("v0:"), .timestamp, .text(":"), .id, .text(":"), .body])
    }

    @Test("elements say where the time stands")
    func elements() throws {
        let scheme = try Self.provider(
            Self.start + "signature: {header: S, elements: {time: t, signature: v1}, signed: '{timestamp}.{body}'}"
        ).scheme
        #expect(scheme?.layout == .elements(time: "t", signature: "v1"))
    }

    @Test("Standard Webhooks need nothing said, and what is read may be said otherwise")
    func standardWebhooks() throws {
        let provider = try Self.provider("provider: standard-webhooks")
        #expect(provider.scheme == .standardWebhooks)
        #expect(provider.reading.type.description == "$.type")
        #expect(provider.reading.id == .header("webhook-id"))
        #expect(provider.reading.time?.description == "$.timestamp")
        let other = try Self.provider("provider: standard-webhooks, type: $.event, id: $.id")
        #expect(other.reading.type.description == "$.event")
        #expect(other.reading.id?.description == "$.id")
    }

    @Test(
        "what is wrong with a described source is said by its key",
        arguments: [
            (
                "provider: generic",
                ".type is needed: where a delivery says what it is, such as $.type or header:X-Event"
            ),
            (
                "provider: generic, type: type",
                ".type has to be a path such as $.type or a header such as header:X-Event, not 'type'"
            ),
            (
                "provider: generic, type: 'header:'",
                ".type has to be a path such as $.type or a header such as header:X-Event, not 'header:'"
            ),
            ("\(start)external-info: meta", ".external-info has to be a path such as $.metadata, not 'meta'"),
            ("\(start)fields: [id]", ".fields has 'id', which is no path such as $.data.id"),
            ("\(start)fields: $.id", ".fields has to be a list"),
            ("\(start)signature: {prefix: x}", ".signature.header is needed"),
            ("\(start)signature: {header: S, hedaer: x}", ".signature does not know 'hedaer'; did you mean 'header'?"),
            (
                "\(start)signature: {header: S, elements: {time: t}}",
                ".signature.elements needs the names of 'time' and 'signature', such as t and v1"
            ),
            (
                "\(start)signature: {header: S, algorithm: md5}",
                ".signature.algorithm has to be one of sha1, sha256, sha512, not 'md5'"
            ),
            (
                "\(start)signature: {header: S, encoding: hax}",
                ".signature.encoding has to be one of hex, base64, hex-or-base64, not 'hax'"
            ),
            (
                "\(start)signature: {header: S, secret-format: hex}",
                ".signature.secret-format has to be one of text, base64, not 'hex'"
            ),
            (
                "\(start)signature: {header: S, signed: '{timestamp}', timestamp-header: T}",
                ".signature.signed has to be made of {body}, {timestamp}, {id} and text, with {body} once, not '{timestamp}'"
            ),
            (
                "\(start)signature: {header: S, signed: '{body}{body}'}",
                ".signature.signed has to be made of {body}, {timestamp}, {id} and text, with {body} once, not '{body}{body}'"
            ),
            (
                "\(start)signature: {header: S, signed: '{timestamp}.{body}'}",
                ".signature.signed has {timestamp}, so 'timestamp-header' or 'elements' has to say where it stands"
            ),
            (
                "\(start)signature: {header: S, signed: '{id}.{body}'}",
                ".signature.signed has {id}, so 'id-header' has to say where it stands"
            ),
        ] as [(String, String)])
    func rejections(settings: String, expected: String) {
        Self.expect(settings, rejectedAs: expected)
    }

    @Test("how Standard Webhooks are signed is fixed, and other providers describe nothing")
    func keysOfOthers() {
        for settings in ["provider: standard-webhooks, signature: {header: S}", "provider: klavi, type: $.type"] {
            let failure = #expect(throws: ConfigurationError.self) { try Self.parse(settings) }
            #expect(failure?.message.contains("sources.x does not know") == true)
        }
    }
}
