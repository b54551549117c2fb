import CallboxConfiguration
import Deliveries
import Foundation
import ProviderTransport
import ServerTestKit
import TestKit
import Testing

@testable import FollowUp
@testable import Providers

@Suite("Access to provider APIs")
struct ProviderAccessTests {
    private static func configuration(_ apis: String = "") throws -> CallboxConfiguration {
        try ConfigurationFile.parse("sources: {klavi: {}}\n" + apis, file: "c.yaml")
    }

    @Test(
        "the default base URL is the provider's sandbox",
        arguments: ProviderCatalog.standard.callableAPIs)
    func defaults(api: APIDescription) throws {
        let access = ProviderAccess(try Self.configuration(), environment: [:])
        #expect(access.url(api) == api.defaultURL)
    }

    @Test("a flag takes precedence over the environment, which takes precedence over the file")
    func order() throws {
        let file = try Self.configuration("apis: {certn-legacy: {url: \"http://file\"}}")
        let environment = ["CALLBOX_CERTN_LEGACY_URL": "http://environment"]
        #expect(ProviderAccess(file, environment: [:]).url(CertnLegacyAPI.description) == "http://file")
        #expect(ProviderAccess(file, environment: environment).url(CertnLegacyAPI.description) == "http://environment")
        #expect(
            ProviderAccess(file, environment: ["CALLBOX_CERTN_LEGACY_URL": ""]).url(CertnLegacyAPI.description)
                == "http://file")
        let flagged = file.reaching(CertnLegacyAPI.description, at: "http://flag")
        #expect(ProviderAccess(flagged, environment: environment).url(CertnLegacyAPI.description) == "http://flag")
        let other = file.reaching(KlaviAPI.description, at: "http://flag")
        #expect(ProviderAccess(other, environment: environment).url(CertnLegacyAPI.description) == "http://environment")
        #expect(
            ProviderAccess(file.reaching(KlaviAPI.description, at: nil), environment: [:]).url(KlaviAPI.description)
                == KlaviAPI.description.defaultURL
        )
    }

    @Test(
        "each client is created from environment variables", arguments: ProviderCatalog.standard.callableAPIs)
    func complete(api: APIDescription) throws {
        let environment = Dictionary(
            uniqueKeysWithValues: api.credentials.map { (api.environmentName($0), "value") })
        #expect(throws: Never.self) {
            _ = try ProviderAccess(try Self.configuration(), environment: environment).client(api)
        }
    }

    @Test(
        "the error for a missing credential names its environment variable",
        arguments: ProviderCatalog.standard.callableAPIs)
    func missing(api: APIDescription) throws {
        for (position, name) in api.credentials.enumerated() {
            var environment = Dictionary(
                uniqueKeysWithValues: api.credentials.prefix(position).map { (api.environmentName($0), "value") })
            // An empty variable counts as not set.
            environment[api.environmentName(name)] = ""
            let access = ProviderAccess(try Self.configuration(), environment: environment)
            #expect(
                throws: ProviderAccessError.variableNotSet(
                    credential: "the \(name) of \(api.name)", variable: api.environmentName(name))
            ) { try access.client(api) }
        }
    }

    @Test("Klavi's secretKey is read from its own variable, or else from the variable of its signing secret")
    func shared() throws {
        var environment = ["CALLBOX_KLAVI_ACCESS_KEY": "access", "CALLBOX_KLAVI_SECRET": "shared"]
        func secretKey() throws -> String? {
            let access = ProviderAccess(try Self.configuration(), environment: environment)
            return try access.client(KlaviAPI.description).account.optionalText("secret-key")
        }
        #expect(try secretKey() == "shared")
        environment["CALLBOX_KLAVI_SECRET_KEY"] = "own"
        #expect(try secretKey() == "own")
    }

    @Test(
        "a credential is read from the configured file, and one trailing line break is removed",
        arguments: ["", "\n", "\r\n"])
    func file(lineEnd: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "key")
            try "key-of-the-file\(lineEnd)".write(toFile: path, atomically: true, encoding: .utf8)
            let double = ProviderDouble([:])
            let access = ProviderAccess(
                try Self.configuration(
                    "apis: {certn-centric: {url: \"https://api.test/v1\", api-key: {file: \"\(path)\"}}}"),
                environment: ["CALLBOX_CERTN_CENTRIC_API_KEY": "key-of-the-environment"],
                exchange: HTTPExchange { request async throws(TransportFailure) in
                    guard request.headers.contains(where: { $0.value == "Api-Key key-of-the-file" }) else {
                        throw .notSent(problem: "another key")
                    }
                    return try await double.exchange.send(request)
                })
            let client = try access.client(CentricAPI.description)
            let failure = await #expect(throws: ProviderCallFailure.self) {
                let request = client.account.centric("GET", "/cases/C-1/")
                _ = try await client.send(ProviderCall(json: request) { _ in })
            }
            guard case .rejected(let rejection)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(rejection.status == 404)
            #expect(double.requests.count == 1)
        }
    }

    @Test("the error for a missing or empty file contains its path")
    func noFile() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "key")
            let configuration = try Self.configuration("apis: {certn-centric: {api-key: {file: \"\(path)\"}}}")
            let failure = ProviderAccessError.unreadableFile(credential: "the api-key of certn-centric", path: path)
            #expect(throws: failure) {
                try ProviderAccess(configuration, environment: [:]).client(CentricAPI.description)
            }
            try "".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: failure) {
                try ProviderAccess(configuration, environment: [:]).client(CentricAPI.description)
            }
        }
    }

    @Test(
        "an invalid base URL is rejected",
        arguments: ["ftp://x", "example.com", "http://", "https://x?y=1", "http://api.example.com"])
    func badAddress(url: String) throws {
        let access = ProviderAccess(
            try Self.configuration().reaching(CentricAPI.description, at: url),
            environment: ["CALLBOX_CERTN_CENTRIC_API_KEY": "key"])
        let failure = #expect(throws: ProviderCallFailure.self) { try access.client(CentricAPI.description) }
        guard case .badInput? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test("optional strings and additional base URLs of an API are read from the configuration")
    func extras() throws {
        let environment = [
            "CALLBOX_EZID_CLIENT_ID": "id", "CALLBOX_EZID_CLIENT_SECRET": "s", "K": "a key",
            "CALLBOX_CERTIFICALL_USERNAME": "u", "CALLBOX_CERTIFICALL_PASSWORD": "p",
            "CALLBOX_CERTIFICALL_CERTILINK_URL": "http://127.0.0.1:9/x",
        ]
        let none = try ProviderAccess(try Self.configuration(), environment: environment).client(EZiDAPI.description)
        #expect(none.account.optionalText("public-key") == nil)
        let configuration = try Self.configuration("apis: {ezid: {public-key: {env: K}}}")
        let access = ProviderAccess(configuration, environment: environment)
        #expect(try access.client(EZiDAPI.description).account.optionalText("public-key") == "a key")
        let account = try access.client(CertificallAPI.description).account
        #expect(account.extraRoot("certilink-url").text == "http://127.0.0.1:9/x")
        #expect(account.root.text == CertificallAPI.description.defaultURL)
    }
}
