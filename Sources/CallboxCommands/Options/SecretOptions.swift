internal import ArgumentParser
internal import CallboxConfiguration
internal import Foundation
internal import Providers
internal import TerminalOutput

/// Where `sign` and `verify` find a secret. Never on the command line, where every process of the machine could read it.
struct SecretOptions: ParsableArguments {
    @Option(help: ArgumentHelp("An environment variable that holds the secret.", valueName: "name"))
    var secretEnv: [String] = []

    @Option(help: ArgumentHelp("A file that holds it; one line break at its end does not count.", valueName: "file"))
    var secretFile: [String] = []

    @Option(help: ArgumentHelp("What goes with it: Certificall's API key or user name.", valueName: "name"))
    var identity: String?

    /// At least one secret, named by where it was found.
    func secrets(for purpose: SecretPurpose) throws(CommandFailure) -> [Secret] {
        guard !secretEnv.isEmpty || !secretFile.isEmpty else {
            throw CommandFailure(.usage, "there is no secret", advice: "Name it with --secret-env or --secret-file.")
        }
        guard purpose.identityRule != .needed || identity != nil else {
            throw CommandFailure(
                .usage, "this scheme needs --identity", advice: "That is the API key or the user name.")
        }
        let references =
            secretEnv.map { SecretReference(name: $0, purpose: purpose, identity: identity, place: .environment($0)) }
            + secretFile.map { SecretReference(name: $0, purpose: purpose, identity: identity, place: .file($0)) }
        var secrets: [Secret] = []
        for reference in references {
            let secret = try translating { try reference.secret(ProcessInfo.processInfo.environment) }
            if let secret { secrets.append(secret) }
        }
        return secrets
    }
}

/// A scheme by name: a known one, or that of a source of the configuration.
enum SchemeChoice {
    static func scheme(named name: String, _ options: ConfigurationOptions) throws(CommandFailure) -> OfflineScheme {
        if let scheme = OfflineScheme.known.first(where: { $0.name == name }) { return scheme }
        let sources = try options.load().sources
        let described = sources.compactMap { source -> OfflineScheme? in
            guard let scheme = (source.provider as? GenericProvider)?.scheme else { return nil }
            return OfflineScheme(name: source.name, proof: .hmac(scheme))
        }
        if let scheme = described.first(where: { $0.name == name }) { return scheme }
        let names = (OfflineScheme.known + described).map(\.name)
        throw CommandFailure(
            .usage, "there is no scheme '\(TerminalText.escape(name))'",
            advice: NearestName.of(name, among: names).map { "Did you mean '\($0)'?" }
                ?? "There are \(names.joined(separator: ", ")).")
    }
}

/// Bytes that a command is given: a file, or standard input for `-`.
enum GivenBytes {
    static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(
                .missingInput, "\(TerminalText.escape(path)) cannot be read",
                advice: "Name a file, or - for standard input.")
        }
        return Array(data)
    }
}
