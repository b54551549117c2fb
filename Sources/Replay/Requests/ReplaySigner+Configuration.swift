package import CallboxConfiguration
package import Deliveries
internal import Providers

extension ReplaySigner {
    /// The signer for the sources of a configuration. It uses the secrets of the sources or, if `secretVariable` is not
    /// nil, only the secret in that environment variable, for every purpose of a provider.
    ///
    /// - Throws: `ConfigurationError` if a secret cannot be read.
    package init(
        _ configuration: CallboxConfiguration, secretVariable: String?, environment: [String: String],
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        var keys: [String: Keys] = [:]
        for settings in configuration.sources {
            keys[settings.name] = Keys(
                provider: settings.provider,
                secrets: try Self.secrets(of: settings, secretVariable, environment))
        }
        self.init(keys: keys, now: now)
    }

    private static func secrets(
        of settings: SourceSettings, _ variable: String?, _ environment: [String: String]
    ) throws -> [Secret] {
        guard let variable else {
            guard case .required(let secrets, _) = try settings.source(environment: environment)?.originPolicy else {
                return []
            }
            return secrets
        }
        return try settings.provider.secretPurposes.compactMap { purpose in
            let identity = settings.secrets.first { $0.purpose == purpose }?.identity
            let reference = SecretReference(
                name: variable, purpose: purpose, identity: identity, place: .environment(variable))
            return try reference.secret(environment)
        }
    }
}

extension ReplayPreparation {
    /// The preparation of a run, with the sources and secrets of a configuration.
    package init(
        _ settings: ReplaySettings, _ configuration: CallboxConfiguration, environment: [String: String],
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        let sources = configuration.sources.map { ($0.name, Source(provider: $0.provider, path: $0.path)) }
        let signer =
            settings.needsSigner
            ? try ReplaySigner(
                configuration, secretVariable: settings.secretVariable, environment: environment, now: now) : nil
        self.init(settings, signer: signer, sources: Dictionary(sources) { first, _ in first })
    }
}
