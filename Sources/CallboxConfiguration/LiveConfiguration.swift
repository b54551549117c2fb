package import Providers
package import ReportIndex
internal import Synchronization

/// What a running server goes by, replaced as a whole when it is told to reload.
package final class LiveConfiguration: Sendable {
    private struct State {
        var sources: SourceTable
        var retention: Retention
        var parser: ReportParser
    }

    private let state: Mutex<State>
    private let load: @Sendable () throws -> (CallboxConfiguration, SourceTable)
    private let started: CallboxConfiguration

    /// - Parameter load: reads the configuration and the secrets anew.
    package init(
        _ configuration: CallboxConfiguration, _ sources: SourceTable,
        load: @escaping @Sendable () throws -> (CallboxConfiguration, SourceTable)
    ) {
        self.started = configuration
        self.state = Mutex(
            State(
                sources: sources, retention: configuration.retention,
                parser: ReportParser(configuration)))
        self.load = load
    }

    package var sources: SourceTable {
        state.withLock { $0.sources }
    }

    package var retention: Retention {
        state.withLock { $0.retention }
    }

    /// Parses and routes by the configuration of the moment.
    package var parser: ReportParser {
        ReportParser(
            parse: { [self] delivery in state.withLock { $0.parser }.parse(delivery) },
            route: { [self] source, type in state.withLock { $0.parser }.route(source, type) })
    }

    /// Reads the configuration anew. All or nothing: if it throws, the old one goes on.
    package func reload() throws -> Reload {
        let (configuration, sources) = try load()
        let state = State(
            sources: sources, retention: configuration.retention,
            parser: ReportParser(configuration))
        self.state.withLock { $0 = state }
        return Reload(
            sources: sources.sources.map(\.name).sorted(),
            needsRestart: configuration.listen != started.listen || configuration.archivePath != started.archivePath
                || configuration.limits != started.limits || configuration.quarantine != started.quarantine
                || configuration.indexLag != started.indexLag
                || configuration.trainsDictionaries != started.trainsDictionaries
                || configuration.shutdownGrace != started.shutdownGrace || configuration.logLevel != started.logLevel)
    }

    /// A configuration that took the place of another.
    package struct Reload: Sendable, Equatable {
        /// The names of its sources, sorted.
        package let sources: [String]
        /// Whether something changed that only a restart applies: all but sources, routes, secrets and retention.
        package let needsRestart: Bool
    }
}
