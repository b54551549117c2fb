internal import Deliveries
internal import Foundation
package import Providers

extension SourceSettings {
    /// The source with its secrets read.
    ///
    /// Without secrets a source takes everything unchecked, which is rejected where other machines can connect and
    /// `verify: none` does not say that it is meant.
    package func source(
        reachableFromOutside: Bool, environment: [String: String]
    ) throws(ConfigurationError) -> Source {
        var secrets: [Secret] = []
        for reference in self.secrets {
            guard let secret = try reference.secret(environment) else { continue }
            if let problem = provider.problem(with: secret) {
                throw ConfigurationError(
                    "the secret '\(secret.name)' of source \(name) \(problem)",
                    advice: "Copy the whole secret from the provider, such as whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw.")
            }
            secrets.append(secret)
        }
        if secrets.isEmpty, !isExplicitlyUnchecked, reachableFromOutside {
            let remedy =
                provider.secretPurposes.isEmpty
                ? "\(provider.name) gives nothing to check with, so write 'verify: none' under sources.\(name) if that is meant."
                : "Give it one under sources.\(name).secrets, or write 'verify: none' there if anybody may deliver."
            throw ConfigurationError(
                "source \(name) has no secret, and other machines can reach it: nothing would be checked",
                advice: remedy)
        }
        return Source(
            name: name, provider: provider, path: path,
            originPolicy: secrets.isEmpty
                ? .unchecked : .required(secrets: secrets, toleranceMilliseconds: toleranceMilliseconds),
            senderPolicy: senderPolicy, routes: routes, redirects: redirects, bodyByteCountLimit: bodyByteCountLimit)
    }
}

extension SecretReference {
    /// The secret; nil where an optional one is not there.
    package func secret(_ environment: [String: String]) throws(ConfigurationError) -> Secret? {
        guard let bytes = try read(environment) else { return nil }
        return Secret(name: name, purpose: purpose, identity: identity, bytes: bytes)
    }

    private func read(_ environment: [String: String]) throws(ConfigurationError) -> [UInt8]? {
        var bytes: [UInt8]
        switch place {
        case .environment(let variable):
            guard let value = environment[variable] else {
                if isOptional { return nil }
                throw ConfigurationError(
                    "the environment variable \(variable) for the secret '\(name)' is not set",
                    advice: "Set it, or read the secret from a file with 'file:'.")
            }
            bytes = Array(value.utf8)
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path) else {
                throw ConfigurationError(
                    "the file \(path) for the secret '\(name)' cannot be read",
                    advice: "Check the path and its permissions.")
            }
            bytes = Array(data)
            if bytes.last == 0x0a { bytes.removeLast() }
            if bytes.last == 0x0d { bytes.removeLast() }
        }
        guard !bytes.isEmpty else {
            throw ConfigurationError(
                "the secret '\(name)' is empty", advice: "An empty secret proves nothing.")
        }
        return bytes
    }
}

extension SourceTable {
    /// Every source of the configuration, ready to receive.
    package init(_ configuration: CallboxConfiguration, environment: [String: String]) throws(ConfigurationError) {
        var sources: [Source] = []
        for settings in configuration.sources {
            sources.append(
                try settings.source(
                    reachableFromOutside: !configuration.listen.isLoopback, environment: environment))
        }
        self.init(sources)
    }
}
