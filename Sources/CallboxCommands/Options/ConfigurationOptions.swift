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

    /// The archive's path. A configuration with errors does not matter if a flag or variable names the archive.
    func archivePath(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure)
        -> String
    {
        if let path = archive ?? environment.setting("CALLBOX_ARCHIVE") { return path }
        return try load(environment: environment).archivePath
    }

    /// The configuration merged with flags and environment.
    ///
    /// - Parameter checksSecrets: whether the secrets of a file are read and checked as well.
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
