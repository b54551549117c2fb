internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import FollowUp
internal import Foundation
internal import Logging
internal import Providers
internal import TerminalOutput

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive callbacks until SIGTERM or Ctrl-C.",
        usage: "callbox serve [--listen <host:port>] [--log-level <level>] [<options>]",
        discussion: """
            Without a configuration file it listens on 127.0.0.1:8787 with one source a provider, at \
            \(defaultPaths). Secrets come from the environment then: \
            \(defaultSecrets). A source without one takes \
            everything, marked 'unverified', and only from this machine.

            The first line on standard output is the address; logs go to standard error. SIGTERM or Ctrl-C stops it: \
            deliveries that are being committed are finished, all others get a 503 and are sent again. SIGHUP reloads sources, \
            routes, secrets and retention; if one of them is wrong, the old ones stay.

            EXAMPLES
              callbox serve
              callbox serve --config /etc/callbox.yaml --log-level debug
              CALLBOX_KLAVI_SECRET=… callbox serve --listen 127.0.0.1:0
            """)

    private static let descriptors = CallboxCommand.providers.providers.map(\.descriptor)
    private static let defaultPaths = HumanText.list(descriptors.map(\.defaultPath), "and")
    private static let defaultSecrets = descriptors.flatMap(\.defaultSecrets).map(\.variable).joined(separator: ", ")

    @OptionGroup var options: ConfigurationOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Address and port; port 0 takes a free one. Goes before $CALLBOX_LISTEN.", valueName: "host:port"))
    var listen: String?

    @Option(help: ArgumentHelp("trace, debug, info, notice, warning, error or critical.", valueName: "level"))
    var logLevel: String?

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let configuration = try settings(environment: environment)
        // Checked when it was read.
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        let sources = try translating { try SourceTable(configuration, environment: environment) }
        let log = BackgroundLog { text in try? StandardStream.write(text, to: STDERR_FILENO) }
        defer { log.flush() }
        let logger = Logger(label: "callbox") { _ in LineLogHandler(level: level, log: log, now: SystemClock.now) }
        let live = LiveConfiguration(configuration, sources) { [self] in
            let configuration = try settings(environment: environment)
            return (configuration, try SourceTable(configuration, environment: environment))
        }
        let server = Server(
            configuration, live: live, logger: logger, now: SystemClock.now,
            report: { CommandFailure(translating: $0).report },
            companions: { archive, pool in
                let followUp = FollowUpRuntime(
                    archive: archive, configuration: configuration, pool: pool, logger: logger, now: SystemClock.now,
                    describe: { CommandFailure(translating: $0).message })
                return await followUp.prepare() ? [followUp] : []
            }, announce: { Self.announce($0, configuration, sources, logger) })
        do {
            try await server.run()
        } catch {
            throw CommandFailure(translating: error)
        }
    }

    /// The configuration with this command's own flags and variables laid over it.
    func settings(environment: [String: String]) throws(CommandFailure) -> CallboxConfiguration {
        var configuration = try options.load(environment: environment)
        if let text = listen ?? environment.setting("CALLBOX_LISTEN") {
            guard let setting = ListenSetting(text) else {
                throw CommandFailure(
                    .usage, "'\(TerminalText.escape(text))' is no address to listen on",
                    advice: "Write it as 127.0.0.1:8787.")
            }
            configuration.listen = setting
        }
        if let level = logLevel ?? environment.setting("CALLBOX_LOG_LEVEL") {
            guard ConfigurationFile.logLevels.contains(level) else {
                throw CommandFailure(
                    .usage, "there is no log level '\(TerminalText.escape(level))'",
                    advice: "There are \(ConfigurationFile.logLevels.joined(separator: ", ")).")
            }
            configuration.logLevel = level
        }
        return configuration
    }

    private static func announce(
        _ address: ListenSetting, _ configuration: CallboxConfiguration, _ sources: SourceTable, _ logger: Logger
    ) {
        // The line that scripts wait for. Nobody may be there to read it, and that stops nothing.
        try? Console.standard.print("listening on http://\(address)")
        logger.info(
            "serving",
            metadata: [
                "version": "\(CallboxCommand.version)", "archive": "\(configuration.archivePath)",
                "configuration": "\(configuration.file ?? "defaults")",
            ])
        for source in sources.sources {
            switch source.originPolicy {
            case .required(let secrets, _):
                let names = secrets.map(\.name).joined(separator: ",")
                logger.info(
                    "source", metadata: ["name": "\(source.name)", "path": "\(source.path)", "secrets": "\(names)"])
            case .unchecked where source.provider.descriptor.sendsOnlyBrowsers:
                logger.info("source", metadata: ["name": "\(source.name)", "path": "\(source.path)", "secrets": "-"])
            case .unchecked:
                logger.warning(
                    "source takes deliveries unchecked", metadata: ["name": "\(source.name)", "path": "\(source.path)"])
            }
        }
    }
}
