import Providers
import Testing

@testable import CallboxConfiguration

@Suite("The 'apis' section of a configuration")
struct APIConfigurationTests {
    private static func apis(_ yaml: String) throws -> [String: APISettings] {
        try ConfigurationFile.parse(yaml, file: "/etc/callbox/c.yaml").apis
    }

    @Test("without the 'apis' section, each API has its default URL and the credentials in the environment")
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

    @Test("the settings of one API do not affect another")
    func partly() throws {
        let apis = try Self.apis("apis: {ezid: {follow-up: true}}")
        var expected = APISettings.defaults(of: .standard)
        expected["ezid"]?.followsUp = true
        #expect(apis == expected)
    }

    @Test("each credential has its own environment variable")
    func environmentNames() {
        let names = ProviderCatalog.standard.callableAPIs.flatMap { api in api.credentials.map(api.environmentName) }
        #expect(Set(names).count == names.count)
        #expect(
            names.allSatisfy { $0.hasPrefix("CALLBOX_") && $0.allSatisfy { $0 == "_" || $0.isASCII && $0.isUppercase } }
        )
    }
}
