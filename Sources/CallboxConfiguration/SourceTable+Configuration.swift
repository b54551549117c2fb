internal import Deliveries
internal import Foundation
package import Providers

extension SourceSettings {
    /// The source with its secrets, read and checked. Nil for a default source whose secrets are not set.
    ///
    /// A source without a secret must have `verify: none`, because it accepts all deliveries. This also applies on
    /// loopback, because a proxy may forward requests to the source. A misspelt variable must not make a source accept
    /// all deliveries.
    package func source(environment: [String: String]) throws(ConfigurationError) -> Source? {
        let problems = ProblemList()
        let source = read(environment, file: nil, problems)
        try problems.throwIfAny()
        return source
    }

    func read(_ environment: [String: String], file: String?, _ problems: ProblemList) -> Source? {
        let prefix = file.map { "\($0): " } ?? ""
        var secrets: [Secret] = []
        for reference in self.secrets {
            do throws(ConfigurationError) {
                if let secret = try reference.secret(environment, for: provider) { secrets.append(secret) }
            } catch {
                problems.add(
                    ConfigurationProblem("\(prefix)source \(name), \(error.message)", advice: error.advice))
            }
        }
        if secrets.isEmpty, !isExplicitlyUnchecked {
            if isDefault { return nil }
            if self.secrets.isEmpty {
                problems.add(
                    ConfigurationProblem(
                        "\(prefix)sources.\(name) has no secret, so its deliveries cannot be verified",
                        advice: provider.secretPurposes.isEmpty
                            ? "\(provider.name) does not sign deliveries. Write 'verify: none' under sources.\(name) to accept all deliveries."
                            : "Add a secret under sources.\(name).secrets, or write 'verify: none' there to accept all deliveries."
                    ))
            }
            return nil
        }
        return Source(
            name: name, provider: provider, path: path,
            originPolicy: secrets.isEmpty
                ? .unchecked : .required(secrets: secrets, toleranceMilliseconds: toleranceMilliseconds),
            senderPolicy: senderPolicy, routes: routes, redirects: redirects, bodyByteCountLimit: bodyByteCountLimit)
    }
}

extension CallboxConfiguration {
    /// Sets `verify: none` for sources without a secret. A secret that is named but missing is still an error.
    package mutating func acceptUnsigned(environment: [String: String]) {
        for index in sources.indices where !sources[index].secrets.contains(where: { $0.isNamed(in: environment) }) {
            sources[index].secrets = []
            sources[index].isExplicitlyUnchecked = true
        }
    }
}

extension SourceTable {
    /// The sources of the configuration with their secrets. Omits default sources without a secret.
    package init(_ configuration: CallboxConfiguration, environment: [String: String]) throws(ConfigurationError) {
        let problems = ProblemList()
        let sources = configuration.sources.compactMap { $0.read(environment, file: configuration.file, problems) }
        try problems.throwIfAny()
        self.init(sources)
    }
}
