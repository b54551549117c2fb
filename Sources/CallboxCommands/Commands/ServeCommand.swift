internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import FollowUp
internal import Foundation
internal import Logging
internal import NIOPosix
internal import Presentation
internal import Providers
internal import Relay
internal import ReportIndex
internal import ServiceLifecycle
internal import SharedJournal
internal import TerminalOutput

extension LogFormat: ExpressibleByArgument {}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive callbacks until SIGTERM or Ctrl-C.",
        usage: "callbox serve [--listen <host:port>] [--replace] [<options>]",
        discussion: """
            Without a configuration file, the sources are \(defaultPaths) on \
            127.0.0.1:8787. A source is on if its secret is set: \
            \(defaultSecrets). \
            'callbox config urls' prints the URLs to register with the providers.

            Prints its address and, on a terminal, one line per request. Logs go to standard error. SIGTERM or Ctrl-C \
            stops the server: commits in progress finish, and other requests get 503, which providers retry. \
            SIGHUP or 'callbox config reload' reloads sources, routes, secrets and retention.

            EXAMPLES
              callbox serve --accept-unsigned
              CALLBOX_KLAVI_SECRET=… callbox serve --listen 127.0.0.1:0
              callbox serve --accept-unsigned --forward-to http://localhost:3000/hooks
            """)

    private static let descriptors = CallboxCommand.providers.providers.map(\.descriptor)
    private static let defaultPaths = HumanText.list(descriptors.map(\.defaultPath), "and")
    private static let defaultSecrets = descriptors.flatMap(\.defaultSecrets).map(\.variable).joined(separator: ", ")

    @OptionGroup var options: ConfigurationOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Address and port; port 0 selects a free port. Also: $CALLBOX_LISTEN.", valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "Log level: trace, debug, info, notice, warning, error, critical.", valueName: "level",
            visibility: .shared))
    var logLevel: String?

    @Option(
        help: ArgumentHelp(
            "Log format. Also: log-format of the configuration.", valueName: "format", visibility: .shared))
    var logFormat: LogFormat?

    @Option(
        help: ArgumentHelp(
            "Share the journal in this PostgreSQL database.", valueName: "url"))
    var journal: String?

    @Flag(help: "Replace the running server without refusing connections.")
    var replace = false

    @Flag(help: "Accept every delivery at sources without a secret, on loopback only, to try Callbox.")
    var acceptUnsigned = false

    @OptionGroup(title: "Forwarding") var forwarding: ForwardOptions
    @OptionGroup(visibility: .shared) var filters: FilterOptions

    func validate() throws {
        let isFiltered = try !filters.filter(now: SystemClock.now(), clock: options.clock).isUnconditional
        guard forwarding.forwardTo != nil || !isFiltered else {
            throw ValidationError("filters require --forward-to")
        }
        guard filters.until == nil else { throw ValidationError("--forward-to and --until cannot be combined") }
    }

    func run() async throws {
        let relaySettings = RelaySettings(
            try filters.filter(now: SystemClock.now(), clock: options.clock), from: .resumed)
        let target = try await forwarding.target(
            try settings(environment: ProcessInfo.processInfo.environment), options.console)
        try await Self.serve(settings, replaces: replace, forwardingTo: target, relaySettings)
    }

    /// - Parameter settings: the configuration merged with flags and environment, read again at each reload.
    static func serve(
        _ settings: @escaping @Sendable (_ environment: [String: String]) throws -> CallboxConfiguration,
        replaces: Bool = false, forwardingTo target: ForwardTarget? = nil,
        _ relaySettings: RelaySettings = RelaySettings()
    ) async throws {
        CoreDumps.turnOff()
        let environment = ProcessInfo.processInfo.environment
        let configuration = try settings(environment)
        // The fallback is never used, because the level was checked when the configuration was read.
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        // A node that only follows another archive needs no secrets.
        @Sendable func table(_ configuration: CallboxConfiguration) throws -> SourceTable {
            configuration.receives ? try SourceTable(configuration, environment: environment) : SourceTable([])
        }
        let sources = try translating { try table(configuration) }
        if configuration.receives, sources.sources.isEmpty, configuration.file == nil {
            throw Self.noSource(environment)
        }
        let log = BackgroundLog { text in try? StandardStream.write(text, to: STDERR_FILENO) }
        let lines = BackgroundLog { text in try? StandardStream.write(text, to: STDOUT_FILENO) }
        defer {
            lines.flush()
            log.flush()
        }
        let isJSON = configuration.logFormat == .json
        let logger = Logger(label: "callbox") { _ in
            LineLogHandler(level: level, isJSON: isJSON, log: log, now: SystemClock.now)
        }
        let live = LiveConfiguration(configuration, sources) {
            let configuration = try settings(environment)
            return (configuration, try table(configuration))
        }
        let server = Server(
            configuration, live: live, logger: logger, now: SystemClock.now,
            report: { CommandFailure(translating: $0).report },
            companions: { archive, pool in
                let followUp = FollowUpRuntime(
                    archive: archive, configuration: configuration, pool: pool, logger: logger, now: SystemClock.now,
                    describe: { CommandFailure(translating: $0).message })
                var companions: [any Service] = await followUp.prepare() ? [followUp] : []
                if let target {
                    companions.append(await Self.relay(to: target, relaySettings, archive, pool, logger, lines))
                }
                return companions
            }, access: Self.access(configuration, logger, lines),
            sockets: InheritedSockets(environment: environment), replaces: replaces,
            manager: ServiceManager(environment: environment),
            announce: { address in
                // Scripts wait for this line. The server continues if standard output is closed.
                let scheme = configuration.tls == nil ? "http" : "https"
                let followed = configuration.journal?.address.place ?? configuration.replication.from ?? ""
                try? Console.standard.print(
                    configuration.receives ? "listening on \(scheme)://\(address)" : "following \(followed)")
                Server.logStart(configuration, sources, version: CallboxCommand.version, logger)
            })
        do {
            try await server.run()
        } catch {
            throw CommandFailure(translating: error)
        }
    }

    private static func relay(
        to target: ForwardTarget, _ settings: RelaySettings, _ archive: OpenArchive, _ pool: NIOThreadPool,
        _ logger: Logger, _ lines: BackgroundLog
    ) async -> RelayService {
        let console = Console.standard
        let listing = RelayListing(.table, on: console)
        let relay = target.relay(
            settings, record: { record in _ = try await pool.blocking { try archive.append([.record(record)]) } }
        ) { event in
            if console.isTerminal, let line = listing.line(event) { return lines.append(line + "\n") }
            event.log(to: logger, note: RelayListing.note)
        }
        await relay.prepare()
        return RelayService(
            relay, archive: archive, logger: logger, describe: { CommandFailure(translating: $0).message })
    }

    /// Writes one line per request to standard output if it is a terminal, and to the access log if it is enabled.
    private static func access(
        _ configuration: CallboxConfiguration, _ logger: Logger, _ lines: BackgroundLog
    ) -> (@Sendable (RequestRecord) -> Void)? {
        let isTerminal = Console.standard.isTerminal
        guard isTerminal || configuration.writesAccessLog else { return nil }
        return { record in
            if isTerminal { lines.append(record.line(at: SystemClock.now())) }
            if configuration.writesAccessLog { record.log(to: logger) }
        }
    }

    /// The failure of a server that has neither a configuration file nor a secret. The usual reason is a misspelt
    /// variable.
    private static func noSource(_ environment: [String: String]) -> CommandFailure {
        let known = descriptors.flatMap(\.defaultSecrets).map(\.variable)
        let similar = environment.keys.sorted().lazy.filter { $0.hasPrefix("CALLBOX_") && !known.contains($0) }
            .compactMap { name in NearestName.of(name, among: known).map { (name, $0) } }.first
        return CommandFailure(
            .configuration, "no source has a secret, so no delivery could be verified",
            advice: similar.map { "\($0) is set: did you mean \($1)?" }
                ?? "Set one of \(defaultSecrets), name a configuration with --config, or pass --accept-unsigned.")
    }

    /// The configuration merged with the flags and variables of this command.
    @Sendable func settings(environment: [String: String]) throws(CommandFailure) -> CallboxConfiguration {
        var configuration = try options.load(environment: environment, checksSecrets: !acceptUnsigned)
        if let text = listen ?? environment.setting("CALLBOX_LISTEN") {
            guard let setting = ListenSetting(text) else {
                throw CommandFailure(
                    .usage, "'\(TerminalText.escape(text))' is not an address to listen on",
                    advice: "Write it as 127.0.0.1:8787.")
            }
            configuration.listen = setting
        }
        if let journal { try configuration.share(journal) }
        if acceptUnsigned {
            guard configuration.listen.isLoopback else {
                throw CommandFailure(
                    .usage,
                    "--accept-unsigned cannot be used on \(configuration.listen), which other machines can reach",
                    advice: "Write 'verify: none' under each source that accepts every delivery.")
            }
            configuration.acceptUnsigned(environment: environment)
        }
        configuration.logFormat = logFormat ?? configuration.logFormat
        if let level = logLevel ?? environment.setting("CALLBOX_LOG_LEVEL") {
            guard ConfigurationFile.logLevels.contains(level) else {
                throw CommandFailure(
                    .usage, "there is no log level '\(TerminalText.escape(level))'",
                    advice: "Use one of \(ConfigurationFile.logLevels.joined(separator: ", ")).")
            }
            configuration.logLevel = level
        }
        return configuration
    }
}
