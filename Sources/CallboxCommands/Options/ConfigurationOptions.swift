internal import ArgumentParser
internal import Foundation

/// Where the configuration and the archive are: the same two flags everywhere.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The configuration file. Without it: $CALLBOX_CONFIG, then ./callbox.yaml, then the defaults.",
            valueName: "file"))
    var config: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The archive. Goes before $CALLBOX_ARCHIVE and the configuration.", valueName: "file"))
    var archive: String?

    /// The configuration with flags and environment laid over it.
    func load(environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandFailure)
        -> CallboxConfiguration
    {
        var configuration = CallboxConfiguration()
        if let path = config ?? environment["CALLBOX_CONFIG"].flatMap({ $0.isEmpty ? nil : $0 }) {
            configuration = try ConfigurationFile.read(path)
        } else if FileManager.default.fileExists(atPath: "callbox.yaml") {
            configuration = try ConfigurationFile.read("callbox.yaml")
        }
        if let path = archive ?? environment["CALLBOX_ARCHIVE"].flatMap({ $0.isEmpty ? nil : $0 }) {
            configuration.archivePath = path
        }
        return configuration
    }
}
