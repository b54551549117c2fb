import CallboxConfiguration
import Deliveries
import Foundation
import ProviderClients
import TestKit
import Testing

@testable import CallboxCommands

@Suite("How the providers' APIs are reached")
struct ProviderAccessTests {
    private static func configuration(_ apis: String = "") throws -> CallboxConfiguration {
        try ConfigurationFile.parse("sources: {klavi: {}}\n" + apis, file: "c.yaml")
    }

    @Test("without a word the address is the provider's own place to try things", arguments: ProviderAPI.allCases)
    func defaults(api: ProviderAPI) throws {
        let access = ProviderAccess(try Self.configuration(), environment: [:])
        #expect(access.url(api) == api.defaultURL)
    }

    @Test("the environment goes before the file, a flag before the environment")
    func order() throws {
        let file = try Self.configuration("apis: {certn-legacy: {url: \"http://file\"}}")
        let environment = ["CALLBOX_CERTN_LEGACY_URL": "http://environment"]
        #expect(ProviderAccess(file, environment: [:]).url(.certnLegacy) == "http://file")
        #expect(ProviderAccess(file, environment: environment).url(.certnLegacy) == "http://environment")
        #expect(ProviderAccess(file, environment: ["CALLBOX_CERTN_LEGACY_URL": ""]).url(.certnLegacy) == "http://file")
        let flagged = file.reaching(.certnLegacy, at: "http://flag")
        #expect(ProviderAccess(flagged, environment: environment).url(.certnLegacy) == "http://flag")
        let other = file.reaching(.klavi, at: "http://flag")
        #expect(ProviderAccess(other, environment: environment).url(.certnLegacy) == "http://environment")
        #expect(
            ProviderAccess(file.reaching(.klavi, at: nil), environment: [:]).url(.klavi) == ProviderAPI.klavi.defaultURL
        )
    }

    /// Makes each client, and nothing more.
    private static func make(_ api: ProviderAPI, _ access: ProviderAccess) throws(CommandFailure) {
        switch api {
        case .klavi: _ = try access.klavi()
        case .certnLegacy: _ = try access.certnLegacy()
        case .certnCentric: _ = try access.certnCentric()
        case .ezid: _ = try access.ezid()
        case .certificall: _ = try access.certificall()
        }
    }

    @Test("with its credentials in the environment each client is made", arguments: ProviderAPI.allCases)
    func complete(api: ProviderAPI) throws {
        let environment = Dictionary(
            uniqueKeysWithValues: api.credentialNames.map { (api.environmentName($0), "value") })
        #expect(throws: Never.self) {
            try Self.make(api, ProviderAccess(try Self.configuration(), environment: environment))
        }
    }

    @Test(
        "a credential that is missing is named with the variable that it is looked for in",
        arguments: ProviderAPI.allCases)
    func missing(api: ProviderAPI) throws {
        for (position, name) in api.credentialNames.enumerated() {
            var environment = Dictionary(
                uniqueKeysWithValues: api.credentialNames.prefix(position).map { (api.environmentName($0), "value") })
            // Set to nothing is not set.
            environment[api.environmentName(name)] = ""
            let access = ProviderAccess(try Self.configuration(), environment: environment)
            #expect(
                throws: CommandFailure(
                    .configuration,
                    "the \(name) of \(api.rawValue) is not known: the environment variable \(api.environmentName(name)) is not set",
                    advice: "Set it, or name a file under 'apis' in the configuration.")
            ) { try Self.make(api, access) }
        }
    }

    @Test("a credential is read from the file that the configuration names, less one line end")
    func file() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.path(of: "key")
            try "key-of-the-file\n".write(toFile: path, atomically: true, encoding: .utf8)
            let double = ProviderDouble([:])
            let access = ProviderAccess(
                try Self.configuration(
                    "apis: {certn-centric: {url: \"https://api.test/v1\", api-key: {file: \"\(path)\"}}}"),
                environment: ["CALLBOX_CERTN_CENTRIC_API_KEY": "key-of-the-environment"],
                transport: ProviderTransport { request async throws(TransportFailure) in
                    guard request.headers.contains(where: { $0.value == "Api-Key key-of-the-file" }) else {
                        throw .notSent(problem: "another key")
                    }
                    return try await double.transport.exchange(request)
                })
            let client = try access.certnCentric()
            let failure = await #expect(throws: ProviderCallFailure.self) {
                _ = try await client.send(try client.case("C-1"))
            }
            guard case .rejected(let rejection)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(rejection.status == 404)
            #expect(double.requests.count == 1)
        }
    }

    @Test("a file that is missing or empty is named")
    func noFile() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "key")
            let configuration = try Self.configuration("apis: {certn-centric: {api-key: {file: \"\(path)\"}}}")
            let failure = CommandFailure(
                .configuration,
                "the api-key of certn-centric is not known: the file \(path) cannot be read, or is empty",
                advice: "Check the path and its permissions.")
            #expect(throws: failure) { try ProviderAccess(configuration, environment: [:]).certnCentric() }
            try "".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(throws: failure) { try ProviderAccess(configuration, environment: [:]).certnCentric() }
        }
    }

    @Test(
        "an address that cannot be one is rejected",
        arguments: ["ftp://x", "example.com", "http://", "https://x?y=1", "http://api.example.com"])
    func badAddress(url: String) throws {
        let access = ProviderAccess(
            try Self.configuration().reaching(.certnCentric, at: url),
            environment: ["CALLBOX_CERTN_CENTRIC_API_KEY": "key"])
        let failure = #expect(throws: CommandFailure.self) { try access.certnCentric() }
        #expect(failure?.status == .usage)
    }

    @Test("without a public key EZiD's tokens are not checked; a damaged one is rejected")
    func publicKey() async throws {
        let environment = ["CALLBOX_EZID_CLIENT_ID": "id", "K": "no key"]
        let none = try await ProviderAccess(try Self.configuration(), environment: environment).ezidVerifier()
        #expect(none == nil)
        let damaged = try Self.configuration("apis: {ezid: {public-key: {env: K}}}")
        await #expect(throws: CommandFailure.self) {
            try await ProviderAccess(damaged, environment: environment).ezidVerifier()
        }
    }
}
