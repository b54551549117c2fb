internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import TerminalOutput

/// The options of every command that opens a configuration or an archive.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Configuration file. (default: $CALLBOX_CONFIG, or callbox.yaml in this directory if it exists)",
            valueName: "file", visibility: .shared))
    var config: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Archive directory. (default: $CALLBOX_ARCHIVE, or the configured directory)", valueName: "dir",
            visibility: .shared))
    var archive: String?

    @Option(
        help: ArgumentHelp("Color the output; 'auto' means on a terminal unless NO_COLOR is set.", visibility: .shared),
        completion: .list(ColorChoice.names), transform: ColorChoice.parse)
    var color = ColorChoice.auto

    @Flag(help: ArgumentHelp("Use UTC to show times and to read dates without a zone.", visibility: .shared))
    var utc = false

    @Option(
        help: ArgumentHelp(
            "Use this time zone, such as America/Sao_Paulo, to show times and to read dates without a zone.",
            valueName: "zone", visibility: .shared))
    var tz: String?

    func validate() throws {
        guard let tz else { return }
        guard !utc else { throw ValidationError("--utc and --tz cannot be combined") }
        guard DayClock(zoneNamed: tz) != nil else {
            throw ValidationError("unknown time zone '\(tz)'; use a name such as America/Sao_Paulo")
        }
    }

    /// The time zone for times on a terminal and for dates without a zone: `--utc`, `--tz` or the zone of the process.
    var clock: DayClock {
        utc ? .utc : tz.flatMap(DayClock.init(zoneNamed:)) ?? .local
    }

    private var namesZone: Bool {
        utc || tz != nil
    }

    /// The current time, from which tables compute ages. Nil if standard output is not a terminal, or with --utc or
    /// --tz, because tables then show times instead of ages.
    var ageClock: Timestamp? {
        Console.callbox.isTerminal && !namesZone ? SystemClock.now() : nil
    }

    var console: Console {
        var console = Console.callbox
        (console.clock, console.localClock) = (console.isTerminal || namesZone ? clock : .utc, clock)
        if color != .auto { console.usesColor = color == .always }
        return console
    }

    /// The configuration file to read if it exists and neither a flag nor the environment names another file.
    static let defaultFile = "callbox.yaml"

    /// The path of the archive. Reads the configuration only if neither a flag nor a variable names the archive.
    func archivePath(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure)
        -> String
    {
        if let path = archive ?? environment.setting("CALLBOX_ARCHIVE") { return path }
        return try load(environment: environment).archivePath
    }

    /// The configuration merged with flags and environment.
    ///
    /// - Parameter checksSecrets: whether to also read and check the secrets that the file names.
    func load(
        environment: [String: String] = ProcessInfo.processInfo.environment, defaultFile: String = defaultFile,
        checksSecrets: Bool = false
    ) throws(CommandFailure) -> CallboxConfiguration {
        let providers = CallboxCommand.providers
        var configuration = CallboxConfiguration(providers: providers)
        let named = config ?? environment.setting("CALLBOX_CONFIG")
        if let path = named ?? (FileManager.default.fileExists(atPath: defaultFile) ? defaultFile : nil) {
            configuration = try translating {
                try ConfigurationFile.read(
                    path, providers: providers, checkingSecretsIn: checksSecrets ? environment : nil)
            }
        }
        if let path = archive ?? environment.setting("CALLBOX_ARCHIVE") {
            configuration.archivePath = path
        }
        return configuration
    }
}

extension Console {
    /// The console of this process. The console's lines on standard error start with `callbox: `.
    static var callbox: Console {
        var console = Console.standard
        console.program = "callbox"
        return console
    }
}

extension ArgumentVisibility {
    /// True while a completion script or the error for an unknown option is generated, because ArgumentParser omits
    /// hidden options from both.
    @TaskLocal static var includesSharedOptions = false

    /// The visibility of options that many commands share. `callbox help formats` and `callbox help filters` list these
    /// options. The help of a command refers to these two topics.
    static var shared: ArgumentVisibility {
        includesSharedOptions ? .default : .hidden
    }
}
