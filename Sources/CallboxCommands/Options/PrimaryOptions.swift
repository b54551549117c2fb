internal import ArgumentParser
internal import CallboxConfiguration

/// The options of commands that copy another archive.
struct PrimaryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Environment variable with the replication token. (default: replication.token of the configuration)",
            valueName: "name"))
    var tokenEnv: String?

    @Option(help: ArgumentHelp("File with the replication token.", valueName: "file"))
    var tokenFile: String?

    @Option(help: ArgumentHelp("Trust the CAs in this PEM file. (default: $SSL_CERT_FILE)", valueName: "file"))
    var cacert: String?

    func validate() throws {
        guard tokenEnv == nil || tokenFile == nil else {
            throw ValidationError("--token-env and --token-file cannot be combined")
        }
    }

    /// Merges these options and the URL of the primary into a configuration.
    func merge(_ url: String?, into configuration: inout CallboxConfiguration) throws(CommandFailure) {
        if let url {
            if let problem = ReplicationSettings.problem(ofURL: url) {
                throw CommandFailure(.usage, "--from \(problem)")
            }
            configuration.replication.from = url
        }
        if let tokenEnv { configuration.replication.token = .environment(tokenEnv) }
        if let tokenFile { configuration.replication.token = .file(tokenFile) }
        configuration.replication.authorityFile = cacert ?? configuration.replication.authorityFile
    }
}
