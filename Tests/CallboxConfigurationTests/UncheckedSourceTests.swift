import Providers
import Testing

@testable import CallboxConfiguration

@Suite("Sources without a secret")
struct UncheckedSourceTests {
    private static let key = "0123456789abcdef"

    private static func table(_ sources: String, environment: [String: String] = [:]) throws -> SourceTable {
        let configuration = try ConfigurationFile.parse("sources:\n  \(sources)", file: "c.yaml")
        return try SourceTable(configuration, environment: environment)
    }

    @Test(
        "a configured source without a secret is rejected, even on loopback",
        arguments: [
            (
                "klavi",
                "Add a secret under sources.door.secrets, or write 'verify: none' there to accept all deliveries."
            ),
            (
                "ezid",
                "ezid does not sign deliveries. Write 'verify: none' under sources.door to accept all deliveries."
            ),
        ])
    func rejected(provider: String, advice: String) {
        #expect(
            throws: ConfigurationError.invalid(
                "c.yaml: sources.door has no secret, so its deliveries cannot be verified", advice: advice)
        ) { try Self.table("door: {provider: \(provider)}") }
    }

    @Test("all sources without a secret are reported in one run")
    func oneRun() {
        let failure = #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse(
                "sources: {klavi: {}, certn: {secrets: [{env: C}]}, ezid: {verify: none}}", file: "c.yaml",
                checkingSecretsIn: [:])
        }
        guard case .invalid(let problems)? = failure else { return }
        #expect(
            problems.map(\.message) == [
                "c.yaml: sources.klavi has no secret, so its deliveries cannot be verified",
                "c.yaml: source certn, secret 'secret-1' (variable C): the environment variable is not set",
            ])
    }

    @Test("with 'verify: none' a source accepts all deliveries, and with a secret it accepts only signed deliveries")
    func explicit() throws {
        let open = try #require(try Self.table("door: {provider: klavi, verify: none}").sources.first)
        #expect(open.originPolicy.proofs.isEmpty)
        let checked = try Self.table(
            "door: {provider: klavi, secrets: [{name: k, env: K}]}", environment: ["K": Self.key])
        #expect(checked.sources.first?.originPolicy.proofs == ["k signature - \(Self.key) 300000"])
    }

    @Test("without a configuration file, only sources with a secret in the environment are enabled")
    func defaults() throws {
        #expect(try SourceTable(CallboxConfiguration(), environment: [:]).sources.isEmpty)
        for (variable, name) in [
            ("CALLBOX_KLAVI_SECRET", "klavi"), ("CALLBOX_CERTN_LEGACY_SECRET", "certn"),
            ("CALLBOX_CERTN_CENTRIC_SECRET", "certn"), ("CALLBOX_CERTIFICALL_TOKEN", "certificall"),
        ] {
            let table = try SourceTable(CallboxConfiguration(), environment: [variable: Self.key])
            #expect(table.sources.map(\.name) == [name])
            #expect(table.sources.first?.originPolicy.proofs.count == 1)
        }
    }

    @Test("acceptUnsigned enables sources without a secret, but a configured secret that is missing is an error")
    func acceptUnsigned() throws {
        var defaults = CallboxConfiguration()
        defaults.acceptUnsigned(environment: ["CALLBOX_KLAVI_SECRET": Self.key])
        let table = try SourceTable(defaults, environment: ["CALLBOX_KLAVI_SECRET": Self.key])
        #expect(table.sources.count == 4)
        #expect(table.sources.filter { !$0.originPolicy.proofs.isEmpty }.map(\.name) == ["klavi"])
        var named = try ConfigurationFile.parse(
            "sources: {klavi: {}, certn: {secrets: [{env: MISSING}]}}", file: "c.yaml")
        named.acceptUnsigned(environment: [:])
        let failure = #expect(throws: ConfigurationError.self) { try SourceTable(named, environment: [:]) }
        #expect(failure?.message.contains("variable MISSING") == true)
        #expect(failure?.message.contains("klavi") == false)
    }
}
