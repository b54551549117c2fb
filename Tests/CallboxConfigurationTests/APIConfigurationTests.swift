import Providers
import Testing

@testable import CallboxConfiguration

@Suite("apis: in a configuration")
struct APIConfigurationTests {
    private static func apis(_ yaml: String) throws -> [String: APISettings] {
        try ConfigurationFile.parse(yaml, file: "/etc/callbox/c.yaml").apis
    }

    @Test("without the section each API has its own URL and the credentials of its environment")
    func defaults() throws {
        #expect(try Self.apis("") == APISettings.defaults(of: .standard))
        #expect(try Self.apis("apis:") == APISettings.defaults(of: .standard))
        #expect(APISettings.defaults(of: .standard).count == ProviderCatalog.standard.callableAPIs.count)
        #expect(
            APISettings.defaults(of: .standard)["klavi"]?.texts == [
                "access-key": .environment("CALLBOX_KLAVI_ACCESS_KEY"),
                "secret-key": .environment("CALLBOX_KLAVI_SECRET_KEY"),
            ])
        #expect(
            APISettings.defaults(of: .standard)["certn-centric"]?.texts == [
                "api-key": .environment("CALLBOX_CERTN_CENTRIC_API_KEY")
            ])
        #expect(
            APISettings.defaults(of: .standard)["certn-legacy"]?.texts.values.contains(
                .environment("CALLBOX_CERTN_LEGACY_CLIENT_SECRET")) == true)
        for settings in APISettings.defaults(of: .standard).values {
            #expect(settings.url.hasPrefix("https://"))
            #expect(!settings.followsUp)
            #expect(settings.tokenFile == nil && settings.source == nil && settings.extraURLs.isEmpty)
        }
    }

    @Test("every key of every API is read")
    func everyKey() throws {
        let apis = try Self.apis(
            """
            apis:
              klavi:
                url: http://127.0.0.1:9900/data/v1
                access-key: {env: A}
                secret-key: {file: klavi-key}
                token-file: tokens/klavi
                source: ezid
              certn-legacy: {client-id: {env: I}, client-secret: {file: /run/secrets/c}, follow-up: true}
              certn-centric: {api-key: {env: K}, follow-up: false}
              ezid: {client-id: {env: I}, client-secret: {env: S}, public-key: {file: ezid.pem}, follow-up: true}
              certificall:
                username: {env: U}
                password: {env: P}
                certilink-url: https://links.example/api
            """)
        let klavi = try #require(apis["klavi"])
        #expect(klavi.url == "http://127.0.0.1:9900/data/v1")
        #expect(
            klavi.texts == [
                "access-key": .environment("A"), "secret-key": .file("/etc/callbox/klavi-key"),
            ])
        #expect(klavi.tokenFile == "/etc/callbox/tokens/klavi")
        #expect(klavi.source == "ezid")
        #expect(!klavi.followsUp)
        #expect(apis["certn-legacy"]?.texts["client-secret"] == .file("/run/secrets/c"))
        #expect(apis["certn-legacy"]?.followsUp == true)
        #expect(apis["certn-legacy"]?.url == ProviderCatalog.standard.callableAPI(named: "certn-legacy")?.defaultURL)
        #expect(apis["certn-centric"]?.followsUp == false)
        #expect(apis["certn-centric"]?.texts == ["api-key": .environment("K")])
        #expect(apis["ezid"]?.texts["public-key"] == .file("/etc/callbox/ezid.pem"))
        #expect(apis["certificall"]?.extraURLs["certilink-url"] == "https://links.example/api")
        #expect(apis["certificall"]?.texts == ["username": .environment("U"), "password": .environment("P")])
    }

    @Test("what one API says changes no other, nor what it leaves out")
    func partly() throws {
        let apis = try Self.apis("apis: {ezid: {follow-up: true}}")
        var expected = APISettings.defaults(of: .standard)
        expected["ezid"]?.followsUp = true
        #expect(apis == expected)
    }

    @Test(
        "what it may not say",
        arguments: [
            ("klavy: {}", "apis does not know 'klavy'; did you mean 'klavi'?"),
            (
                "acme: {}",
                "apis does not know 'acme'; known here: klavi, certn-legacy, certn-centric, ezid, certificall"
            ),
            ("klavi: {acess-key: {env: A}}", "apis.klavi does not know 'acess-key'; did you mean 'access-key'?"),
            (
                "klavi: {client-id: {env: A}}",
                "apis.klavi does not know 'client-id'; known here: url, token-file, source, access-key, secret-key"
            ),
            (
                "klavi: {follow-up: true}",
                "apis.klavi does not know 'follow-up'; known here: url, token-file, source, access-key, secret-key"
            ),
            (
                "certn-centric: {api-key: sk_live_1}",
                "apis.certn-centric.api-key has to say where it is, such as {env: NAME} or {file: PATH}; it never stands here itself"
            ),
            (
                "certn-centric: {api-key: [a]}",
                "apis.certn-centric.api-key has to say where it is, such as {env: NAME} or {file: PATH}; it never stands here itself"
            ),
            (
                "certn-centric: {api-key: {env: A, file: b}}",
                "apis.certn-centric.api-key has to have 'env' or 'file', and only one of them"
            ),
            (
                "certn-centric: {api-key: {}}",
                "apis.certn-centric.api-key has to have 'env' or 'file', and only one of them"
            ),
            (
                "certn-centric: {api-key: {env: }}",
                "apis.certn-centric.api-key has to have 'env' or 'file', and only one of them"
            ),
            (
                "certn-centric: {api-key: {value: sk}}",
                "apis.certn-centric.api-key does not know 'value'; known here: env, file"
            ),
            (
                "ezid: {public-key: abc}",
                "apis.ezid.public-key has to say where it is, such as {env: NAME} or {file: PATH}; it never stands here itself"
            ),
            ("ezid: {follow-up: maybe}", "apis.ezid.follow-up has to be true or false, not 'maybe'"),
            ("ezid: {url: [a]}", "apis.ezid.url has to be a single value"),
            (
                "ezid: {source: ezit}",
                "apis.ezid.source names 'ezit', which is no source of this configuration; did you mean 'ezid'?"
            ),
            ("ezid: 7", "apis.ezid has to be a mapping of keys to values"),
            (
                "ezid: {certilink-url: x}",
                "apis.ezid does not know 'certilink-url'; known here: url, token-file, source, client-id, client-secret, follow-up, poll, public-key"
            ),
            (
                "ezid: {url: api.ezid.io}",
                "apis.ezid.url has to be an http or https URL without a query, not 'api.ezid.io'"
            ),
            ("ezid: {url: ftp://h/}", "apis.ezid.url has to be an http or https URL without a query, not 'ftp://h/'"),
            (
                "ezid: {url: \"https://h/?a=b\"}",
                "apis.ezid.url has to be an http or https URL without a query, not 'https://h/?a=b'"
            ),
            (
                "certificall: {certilink-url: x}",
                "apis.certificall.certilink-url has to be an http or https URL without a query, not 'x'"
            ),
        ])
    func rejected(yaml: String, problem: String) {
        let failure = #expect(throws: ConfigurationError.self) { try Self.apis("apis: {\(yaml)}") }
        #expect(failure?.isUnreadableFile == false)
        #expect(failure?.message == "/etc/callbox/c.yaml, line 1: \(problem)")
    }

    @Test("a secret in place is rejected without being shown")
    func secrecy() {
        let failure = #expect(throws: ConfigurationError.self) {
            try Self.apis("apis: {certn-centric: {api-key: sk_live_1}}")
        }
        #expect(failure?.message.contains("sk_live_1") == false)
        #expect(failure?.advice?.contains("sk_live_1") != true)
    }

    @Test("each credential has a variable of its own")
    func environmentNames() {
        let names = ProviderCatalog.standard.callableAPIs.flatMap { api in api.credentials.map(api.environmentName) }
        #expect(Set(names).count == names.count)
        #expect(
            names.allSatisfy { $0.hasPrefix("CALLBOX_") && $0.allSatisfy { $0 == "_" || $0.isASCII && $0.isUppercase } }
        )
    }
}
