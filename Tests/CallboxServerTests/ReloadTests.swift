import CallboxConfiguration
import Deliveries
import Logging
import Providers
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer

@Suite("Reloading the configuration of a server", .offPool)
struct ReloadTests {
    private static func configuration(_ yaml: String) throws -> (CallboxConfiguration, SourceTable) {
        let configuration = try ConfigurationFile.parse(yaml, file: "c.yaml")
        return (configuration, try SourceTable(configuration, environment: [:]))
    }

    /// Starts with only the source `klavi` and reloads once. Returns the current sources and the log.
    private static func reload(
        _ load: @escaping @Sendable () throws -> (CallboxConfiguration, SourceTable)
    ) throws -> (sources: [String], log: [String]) {
        let log = RecordedLog()
        let (configuration, sources) = try Self.configuration("sources: {klavi: {verify: none}}")
        let live = LiveConfiguration(configuration, sources, load: load)
        let server = Server(
            configuration, live: live, logger: log.logger(), now: { .fixture },
            report: { FailureReport(status: 78, message: "\($0)", advice: nil) }, announce: { _ in })
        _ = try? server.reload()
        return (live.sources.sources.map(\.name), log.lines)
    }

    @Test("a new configuration replaces the previous configuration")
    func replaced() throws {
        let new = try Self.configuration("sources: {ezid: {verify: none}, certn: {verify: none}}")
        let result = try Self.reload { () throws in new }
        #expect(Set(result.sources) == ["ezid", "certn"])
        #expect(result.log == ["info configuration reloaded sources=certn,ezid"])
    }

    @Test("an invalid configuration has no effect and is logged with its error")
    func rejected() throws {
        let result = try Self.reload { () throws in
            throw ConfigurationError.invalid("c.yaml, line 1: nonsense", advice: "Mend it.")
        }
        #expect(result.sources == ["klavi"])
        #expect(result.log.count == 1)
        #expect(
            result.log.first?.hasPrefix("error cannot reload the configuration; the old settings stay in use") == true)
        #expect(result.log.first?.contains("c.yaml, line 1: nonsense") == true)
        #expect(result.log.first?.contains("Mend it.") == true)
    }

    @Test(
        "keys that take effect only after a restart are logged",
        arguments: [
            "listen: 127.0.0.1:1", "archive: /tmp/other.sqlite", "limits: {connections: 3}", "quarantine: {count: 3}",
        ])
    func restart(setting: String) throws {
        let new = try Self.configuration("\(setting)\nsources: {klavi: {verify: none}}")
        let result = try Self.reload { () throws in new }
        #expect(
            result.log == [
                "info configuration reloaded sources=klavi",
                "warning some changes apply only after a restart keys=\(setting.prefix { $0 != ":" })",
            ])
    }
}
