package import Journal
package import Providers
package import ReportIndex
internal import Synchronization

/// The settings of a running server that a reload of the configuration replaces.
package final class LiveConfiguration: Sendable {
    private struct State {
        var sources: SourceTable
        var retention: Retention
        var parser: ReportParser

        init(_ configuration: CallboxConfiguration, _ sources: SourceTable) {
            self.sources = sources
            self.retention = configuration.retention
            self.parser = ReportParser(configuration)
        }
    }

    private let state: Mutex<State>
    private let load: @Sendable () throws -> (CallboxConfiguration, SourceTable)
    private let started: CallboxConfiguration
    private let followers = Mutex<[@Sendable () -> Void]>([])

    /// - Parameter load: reads the configuration and the secrets again.
    package init(
        _ configuration: CallboxConfiguration, _ sources: SourceTable,
        load: @escaping @Sendable () throws -> (CallboxConfiguration, SourceTable)
    ) {
        self.started = configuration
        self.state = Mutex(State(configuration, sources))
        self.load = load
    }

    package var sources: SourceTable {
        state.withLock { $0.sources }
    }

    package var retention: Retention {
        state.withLock { $0.retention }
    }

    /// A parser that uses the settings at the time of each call.
    package var parser: ReportParser {
        ReportParser(
            parse: { [self] delivery in state.withLock { $0.parser }.parse(delivery) },
            route: { [self] source, type in state.withLock { $0.parser }.route(source, type) })
    }

    /// - Parameter action: called after each successful reload, on the thread that reloads.
    package func afterReload(_ action: @escaping @Sendable () -> Void) {
        followers.withLock { $0.append(action) }
    }

    /// Reloads the configuration. If this throws, the previous settings stay in use.
    package func reload() throws -> Reload {
        let (configuration, sources) = try load()
        let state = State(configuration, sources)
        self.state.withLock { $0 = state }
        for follower in followers.withLock({ $0 }) { follower() }
        return Reload(
            sources: sources.sources.map(\.name).sorted(), needingRestart: started.changedKeys(in: configuration))
    }

    /// The result of a reload.
    package struct Reload: Codable, Sendable, Equatable {
        /// The names of the sources now in use, sorted.
        package let sources: [String]
        /// The changed keys that take effect only after a restart: all except sources, routes, secrets and retention.
        package let needingRestart: [String]

        package init(sources: [String], needingRestart: [String]) {
            self.sources = sources
            self.needingRestart = needingRestart
        }
    }
}

extension CallboxConfiguration {
    /// The keys outside of `sources` whose values differ.
    fileprivate func changedKeys(in other: CallboxConfiguration) -> [String] {
        let changes: KeyValuePairs = [
            "listen": listen != other.listen, "archive": archivePath != other.archivePath,
            "log-level": logLevel != other.logLevel, "log-format": logFormat != other.logFormat,
            "access-log": writesAccessLog != other.writesAccessLog, "admin": admin != other.admin,
            "tls": tls != other.tls, "trusted-proxies": trustedProxies != other.trustedProxies,
            "limits": limits != other.limits || shutdownGrace != other.shutdownGrace,
            "quarantine": quarantine != other.quarantine, "index": indexLag != other.indexLag,
            "dictionaries": trainsDictionaries != other.trainsDictionaries, "journal": journal != other.journal,
            "replication": replication != other.replication, "apis": apis != other.apis,
        ]
        return changes.filter(\.value).map(\.key)
    }
}
