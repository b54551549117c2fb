import CallboxConfiguration
import Deliveries
import Logging
import Providers
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer

@Suite("Reloading the configuration of a running server", .offPool)
struct ReloadTests {
    private static func configuration(_ yaml: String) throws -> (CallboxConfiguration, SourceTable) {
        let configuration = try ConfigurationFile.parse(yaml, file: "c.yaml")
        return (configuration, try SourceTable(configuration, environment: [:]))
    }

    /// Starts with `klavi` alone, reloads once, and gives what is configured then and what was logged.
    private static func reload(
        _ load: @escaping @Sendable () throws -> (CallboxConfiguration, SourceTable)
    ) throws -> (sources: [String], log: [String]) {
        let log = RecordedLog()
        let (configuration, sources) = try Self.configuration("sources: {klavi: {}}")
        let live = LiveConfiguration(configuration, sources, load: load)
        let server = Server(
            configuration, live: live, logger: log.logger(), now: { .fixture },
            report: { FailureReport(status: 78, message: "\($0)", advice: nil) }, announce: { _ in })
        server.reload()
        return (live.sources.sources.map(\.name), log.lines)
    }

    @Test("a new configuration takes the place of the old one")
    func replaced() throws {
        let new = try Self.configuration("sources: {ezid: {}, certn: {}}")
        let result = try Self.reload { () throws in new }
        #expect(Set(result.sources) == ["ezid", "certn"])
        #expect(result.log == ["info configuration reloaded sources=certn,ezid"])
    }

    @Test("of one that is wrong nothing holds, and the log says what is wrong")
    func rejected() throws {
        let result = try Self.reload { () throws in
            throw ConfigurationError("c.yaml, line 1: nonsense", advice: "Mend it.")
        }
        #expect(result.sources == ["klavi"])
        #expect(result.log.count == 1)
        #expect(result.log.first?.hasPrefix("error the new configuration is wrong; the old one goes on") == true)
        #expect(result.log.first?.contains("c.yaml, line 1: nonsense") == true)
        #expect(result.log.first?.contains("Mend it.") == true)
    }

    @Test(
        "what holds after a restart only is said",
        arguments: [
            "listen: 127.0.0.1:1", "archive: /tmp/other.sqlite", "limits: {connections: 3}", "quarantine: {count: 3}",
        ])
    func restart(setting: String) throws {
        let new = try Self.configuration("\(setting)\nsources: {klavi: {}}")
        let result = try Self.reload { () throws in new }
        #expect(
            result.log == [
                "info configuration reloaded sources=klavi",
                "warning of what was changed, only sources, routes, secrets and retention hold before a restart",
            ])
    }
}
