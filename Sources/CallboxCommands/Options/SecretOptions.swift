internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Providers
internal import TerminalOutput

/// The options that name the secrets of `sign` and `verify`. A secret is never an argument, because every process on
/// the machine can read arguments.
struct SecretOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Environment variable with the secret.", valueName: "name"))
    var secretEnv: [String] = []

    @Option(help: ArgumentHelp("File with the secret; line breaks at its end are ignored.", valueName: "file"))
    var secretFile: [String] = []

    @Option(help: ArgumentHelp("API key or user name that belongs to the secret.", valueName: "name"))
    var identity: String?

    /// Reads the named secrets. Fails if no secret is named.
    func secrets(for purpose: SecretPurpose) throws(CommandFailure) -> [Secret] {
        guard !secretEnv.isEmpty || !secretFile.isEmpty else {
            throw CommandFailure(.usage, "no secret was passed", advice: "Pass --secret-env or --secret-file.")
        }
        if case .needed(let what) = purpose.identityRule, identity == nil {
            throw CommandFailure(.usage, "this scheme needs --identity", advice: "That is the \(what).")
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

/// Selects a signature scheme by its own name, or by the name of a source whose provider has only one scheme.
enum SchemeChoice {
    static func scheme(named name: String, _ options: ConfigurationOptions) throws(CommandFailure) -> OfflineScheme {
        let known = CallboxCommand.providers.schemes
        if let scheme = known.first(where: { $0.name == name }) { return scheme }
        let sources = try options.load().sources
        let configured = sources.compactMap { source -> OfflineScheme? in
            let schemes = source.provider.descriptor.schemes
            guard schemes.count == 1, var scheme = schemes.first else { return nil }
            scheme.name = source.name
            return scheme
        }
        if let scheme = configured.first(where: { $0.name == name }) { return scheme }
        let names = (known + configured).map(\.name).uniqued()
        throw CommandFailure.unknown("scheme", name, among: names)
    }
}

/// Reads the bytes of a file, or of standard input if the path is `-`.
enum GivenBytes {
    static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        return Array(try data(path))
    }

    /// - Parameter byteCountLimit: the maximum number of bytes to read.
    static func data(_ path: String, byteCountLimit: Int = .max) throws(CommandFailure) -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path, errno) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? handle.read(upToCount: byteCountLimit) ?? Data() else {
            var status = stat()
            throw .cannotRead(
                path, fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EIO)
        }
        return data
    }
}

extension CommandFailure {
    /// - Parameter code: `errno`.
    static func cannotRead(_ path: String, _ code: Int32) -> CommandFailure {
        let advice =
            switch code {
            case EACCES, EPERM: "Run the command as a user who may read the file, or change the file's mode."
            case EISDIR: "Pass a file, not a directory."
            default: "Check the path."
            }
        return CommandFailure(
            .missingInput,
            "cannot read \(TerminalText.escape(path)): \(String(cString: strerror(code)).lowercased())",
            advice: advice)
    }
}
