internal import Deliveries
internal import Journal
internal import Logging
internal import Providers
internal import ReportIndex
internal import Synchronization

/// What a running server goes by, replaced as a whole when it is told to reload.
final class LiveConfiguration: Sendable {
    private struct State {
        var sources: SourceTable
        var retention: Retention
        var parser: ReportParser
    }

    private let state: Mutex<State>
    private let load: @Sendable () throws(CommandFailure) -> (CallboxConfiguration, SourceTable)
    private let started: CallboxConfiguration

    /// - Parameter load: reads the configuration and the secrets anew.
    init(
        _ configuration: CallboxConfiguration, _ sources: SourceTable,
        load: @escaping @Sendable () throws(CommandFailure) -> (CallboxConfiguration, SourceTable)
    ) {
        self.started = configuration
        self.state = Mutex(
            State(
                sources: sources, retention: configuration.retention,
                parser: ReportParser(configuration)))
        self.load = load
    }

    var sources: SourceTable {
        state.withLock { $0.sources }
    }

    var retention: Retention {
        state.withLock { $0.retention }
    }

    /// Parses and routes by the configuration of the moment.
    var parser: ReportParser {
        ReportParser(
            parse: { [self] delivery in state.withLock { $0.parser }.parse(delivery) },
            route: { [self] source, type in state.withLock { $0.parser }.route(source, type) })
    }

    /// All or nothing: what is wrong with the new configuration is logged and the old one goes on.
    func reload(_ logger: Logger) {
        do throws(CommandFailure) {
            let (configuration, sources) = try load()
            let state = State(
                sources: sources, retention: configuration.retention,
                parser: ReportParser(configuration))
            self.state.withLock { $0 = state }
            let names = sources.sources.map(\.name).sorted().joined(separator: ",")
            logger.info("configuration reloaded", metadata: ["sources": "\(names)"])
            if configuration.listen != started.listen || configuration.archivePath != started.archivePath
                || configuration.limits != started.limits || configuration.quarantine != started.quarantine
                || configuration.indexLag != started.indexLag
                || configuration.trainsDictionaries != started.trainsDictionaries
                || configuration.shutdownGrace != started.shutdownGrace || configuration.logLevel != started.logLevel
            {
                logger.warning("of what was changed, only sources, routes, secrets and retention hold before a restart")
            }
        } catch {
            logger.error(
                "the new configuration is wrong; the old one goes on",
                metadata: ["reason": "\(error.message)", "advice": "\(error.advice ?? "-")"])
        }
    }
}
