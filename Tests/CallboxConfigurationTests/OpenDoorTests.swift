import Providers
import Testing

@testable import CallboxConfiguration

@Suite("Who may reach a source that checks nothing")
struct OpenDoorTests {
    private static func table(
        _ settings: String, on address: String, environment: [String: String] = [:]
    ) throws -> SourceTable {
        let yaml = "listen: '\(address)'\nsources:\n  \(settings)"
        return try SourceTable(try ConfigurationFile.parse(yaml, file: "c.yaml"), environment: environment)
    }

    private static let inside = ["127.0.0.1:0", "127.0.0.53:80", "[::1]:80", "localhost:80"]
    private static let outside = [
        "0.0.0.0:80", "[::]:80", "192.0.2.1:80", "callbacks.example.com:80", "127.example.com:80",
    ]

    @Test("this machine alone may reach a source without a secret", arguments: inside)
    func loopback(address: String) throws {
        for provider in ProviderCatalog.standard.providers {
            let source = try #require(try Self.table("\(provider.name): {}", on: address).sources.first)
            #expect(source.originPolicy.proofs.isEmpty)
        }
    }

    @Test("where other machines can connect a source without a secret is rejected", arguments: outside)
    func beyondLoopback(address: String) {
        #expect(
            throws: ConfigurationError(
                "source door has no secret, and other machines can reach it: nothing would be checked",
                advice: "Give it one under sources.door.secrets, or write 'verify: none' there if anybody may deliver.")
        ) { try Self.table("door: {provider: klavi}", on: address) }
        #expect(
            throws: ConfigurationError(
                "source door has no secret, and other machines can reach it: nothing would be checked",
                advice: "ezid gives nothing to check with, so write 'verify: none' under sources.door if that is meant."
            )
        ) { try Self.table("door: {provider: ezid}", on: address) }
    }

    @Test("one source without a secret beside others that have one is rejected")
    func oneOfSeveral() {
        let failure = #expect(throws: ConfigurationError.self) {
            try Self.table(
                "{a: {provider: klavi, secrets: [{env: K}]}, b: {provider: certn}}", on: "0.0.0.0:80",
                environment: ["K": "k"])
        }
        #expect(failure?.message.hasPrefix("source b has no secret") == true)
    }

    @Test("'verify: none' opens it to everybody", arguments: inside + outside)
    func explicit(address: String) throws {
        let source = try #require(try Self.table("door: {provider: klavi, verify: none}", on: address).sources.first)
        #expect(source.originPolicy.proofs.isEmpty)
    }

    @Test("a secret opens it to whoever has it", arguments: inside + outside)
    func withSecret(address: String) throws {
        let table = try Self.table(
            "door: {provider: klavi, secrets: [{name: k, env: K}]}", on: address, environment: ["K": "x"])
        #expect(table.sources.first?.originPolicy.proofs == ["k signature - x 300000"])
    }

    @Test("the defaults may not be opened to other machines")
    func defaults() {
        var configuration = CallboxConfiguration()
        configuration.listen = ListenSetting(host: "0.0.0.0", port: 8787)
        let failure = #expect(throws: ConfigurationError.self) {
            try SourceTable(
                configuration,
                environment: [
                    "CALLBOX_KLAVI_SECRET": "k", "CALLBOX_CERTN_LEGACY_SECRET": "l", "CALLBOX_CERTIFICALL_TOKEN": "t",
                ])
        }
        #expect(failure?.message.hasPrefix("source ezid has no secret") == true)
    }
}
