internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Providers
internal import Replay

/// The changes that `replay` makes to a delivery before it sends it.
struct ReplayChangeOptions: ParsableArguments {
    enum Signature: EnumerableFlag {
        case sign, keepSignature

        static func help(for value: Signature) -> ArgumentHelp? {
            switch value {
            case .sign: "Sign again with the source's secret and the present time."
            case .keepSignature: ArgumentHelp("Send the old signature (default).", visibility: .shared)
            }
        }
    }

    @Flag var signature = Signature.keepSignature

    @Option(help: ArgumentHelp("Sign with the secret in this variable.", valueName: "name"))
    var secretEnv: String?

    @Option(
        name: [.customShort("H"), .customLong("header")],
        help: ArgumentHelp("Set a header: 'Name: value'. Repeatable.", valueName: "header"))
    var headers: [String] = []

    @Option(help: ArgumentHelp("Remove a header. Repeatable.", valueName: "name"))
    var dropHeader: [String] = []

    @Option(help: ArgumentHelp("Replace a JSON value. Repeatable.", valueName: "$.path=value"))
    var set: [String] = []

    @Option(help: ArgumentHelp("Send this body; - is standard input.", valueName: "file"))
    var body: String?

    @Flag(help: "Omit the headers Callbox-Replay and Callbox-Delivery.")
    var noMarks = false

    func validate() throws {
        guard secretEnv == nil || signature == .sign else { throw ValidationError("--secret-env requires --sign") }
        for text in headers where HeaderField(line: text) == nil {
            // The text may be a credential.
            throw ValidationError(
                "a value of -H must be 'Name: value', and not Connection, Content-Length or Transfer-Encoding")
        }
        for name in dropHeader where HeaderField.name(name) == nil {
            throw ValidationError("'\(name)' of --drop-header is not the name of a header that can be removed")
        }
        for text in set where JSONAssignment(text) == nil {
            throw ValidationError("a value of --set must be a JSON path, = and a value, such as '$.status=done'")
        }
        guard headers.count <= 100, dropHeader.count <= 100, set.count <= 100 else {
            throw ValidationError("-H, --drop-header and --set can be repeated at most 100 times")
        }
    }

    func changes() throws(CommandFailure) -> ReplayChanges {
        var changes = ReplayChanges()
        changes.headers = headers.compactMap { HeaderField(line: $0) }
        changes.droppedHeaders = dropHeader
        changes.assignments = set.compactMap { JSONAssignment($0) }
        if let body { changes.body = try GivenBytes.read(body) }
        return changes
    }

    /// Nil for the old signature.
    func signer(
        _ configuration: CallboxConfiguration,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> ReplaySigner? {
        guard signature == .sign else { return nil }
        var keys: [String: ReplaySigner.Keys] = [:]
        for settings in configuration.sources {
            let secrets = try translating { try self.secrets(of: settings, environment) }
            keys[settings.name] = ReplaySigner.Keys(provider: settings.provider, secrets: secrets)
        }
        return ReplaySigner(keys: keys, now: SystemClock.now)
    }

    /// The configured secrets, or that of `--secret-env` once for each purpose that the provider has.
    private func secrets(of settings: SourceSettings, _ environment: [String: String]) throws -> [Secret] {
        guard let secretEnv else {
            guard case .required(let secrets, _) = try settings.source(environment: environment)?.originPolicy else {
                return []
            }
            return secrets
        }
        return try settings.provider.secretPurposes.compactMap { purpose in
            let identity = settings.secrets.first { $0.purpose == purpose }?.identity
            let reference = SecretReference(
                name: secretEnv, purpose: purpose, identity: identity, place: .environment(secretEnv))
            return try reference.secret(environment)
        }
    }
}
