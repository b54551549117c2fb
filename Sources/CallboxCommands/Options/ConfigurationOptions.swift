internal import ArgumentParser
internal import CallboxConfiguration
internal import Foundation
internal import TerminalOutput

/// Where the configuration and the archive are, and how results are coloured: the same flags everywhere.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The configuration file. Without it: $CALLBOX_CONFIG, then ./callbox.yaml, then the defaults.",
            valueName: "file"))
    var config: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The archive's directory. Goes before $CALLBOX_ARCHIVE and the configuration.", valueName: "dir"))
    var archive: String?

    @Option(help: "Colours; auto is on a terminal, unless NO_COLOR is set.")
    var color = ColorChoice.auto

    /// Where the command's words go.
    var console: Console {
        Console.standard.colored(color)
    }

    /// The file that is read where neither flag nor environment names one and it is there.
    static let defaultFile = "callbox.yaml"

    /// The configuration with flags and environment laid over it.
    func load(
        environment: [String: String] = ProcessInfo.processInfo.environment, defaultFile: String = defaultFile
    ) throws(CommandFailure) -> CallboxConfiguration {
        let providers = CallboxCommand.providers
        var configuration = CallboxConfiguration(providers: providers)
        if let path = config ?? environment.setting("CALLBOX_CONFIG") {
            configuration = try translating { try ConfigurationFile.read(path, providers: providers) }
        } else if FileManager.default.fileExists(atPath: defaultFile) {
            configuration = try translating { try ConfigurationFile.read(defaultFile, providers: providers) }
        }
        if let path = archive ?? environment.setting("CALLBOX_ARCHIVE") {
            configuration.archivePath = path
        }
        return configuration
    }
}
