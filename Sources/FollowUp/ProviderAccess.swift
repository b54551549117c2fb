package import CallboxConfiguration
internal import Foundation
package import ProviderTransport
package import Providers

/// The reason why a client of an API cannot be created. No case contains a credential.
package enum ProviderAccessError: Error, Equatable {
    /// The variable of a credential is not set. `credential` is a phrase such as "the api-key of NAME".
    case variableNotSet(credential: String, variable: String)
    case unreadableFile(credential: String, path: String)
}

/// Creates clients for the providers' APIs. Uses the base URLs, credentials, token files and rate limits of the
/// configuration.
package struct ProviderAccess: Sendable {
    private let apis: [String: APISettings]
    private let overridden: Set<String>
    private let environment: [String: String]
    private let exchange: HTTPExchange
    /// The tokens of APIs without a token file. All clients of such APIs share the tokens.
    private let memory = MemoryTokenStore()
    private let limits: [String: RateLimit]

    package init(
        _ configuration: CallboxConfiguration, environment: [String: String] = ProcessInfo.processInfo.environment,
        exchange: HTTPExchange = .network()
    ) {
        apis = configuration.apis
        overridden = configuration.overriddenAPIs
        self.environment = environment
        self.exchange = exchange
        limits = Dictionary(
            uniqueKeysWithValues: configuration.providers.callableAPIs.compactMap { api in
                api.callsPerMinute.map { (api.name, RateLimit(callsPerMinute: $0)) }
            })
    }

    /// The base URL of an API: from the flag of the command, from `CALLBOX_…_URL`, or from the configuration, in that
    /// order.
    package func url(_ api: APIDescription) -> String {
        let settings = settings(api)
        if overridden.contains(api.name) { return settings.url }
        return setting(api.environmentName("url")) ?? settings.url
    }

    /// - Throws: `ProviderAccessError` if a credential is missing, `ProviderCallFailure.badInput` if a credential is
    ///   invalid.
    package func client(_ api: APIDescription) throws -> ProviderClient {
        let settings = settings(api)
        var texts: [String: String] = [:]
        for name in api.credentials {
            let variable = api.environmentName(name)
            var place = settings.texts[name] ?? .environment(variable)
            if place == .environment(variable), setting(variable) == nil, let shared = api.sharedVariables[name],
                setting(shared) != nil
            {
                place = .environment(shared)
            }
            texts[name] = try text(at: place, for: "the \(name) of \(api.name)")
        }
        for name in api.extraTexts {
            texts[name] = try settings.texts[name].map { try text(at: $0, for: "the \(name) of \(api.name)") }
        }
        var extraRoots: [String: APIRoot] = [:]
        for name in api.extraURLs {
            let url = setting(api.environmentName(name)) ?? settings.extraURLs[name]
            extraRoots[name] = try url.map { try APIRoot($0) }
        }
        let account = try APIAccount(api, root: try APIRoot(url(api)), texts: texts, extraRoots: extraRoots)
        return ProviderClient(
            account, over: exchange, rateLimit: limits[api.name],
            tokens: settings.tokenFile.map { TokenFile(path: $0) } ?? memory)
    }

    private func settings(_ api: APIDescription) -> APISettings {
        apis[api.name] ?? APISettings(api)
    }

    /// The value of an environment variable. An empty variable counts as not set.
    private func setting(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func text(_ bytes: [UInt8]) -> String? {
        String(validating: SecretText.withoutLineEnds(bytes), as: UTF8.self)
    }

    private func text(at place: SecretReference.Place, for credential: String) throws(ProviderAccessError) -> String {
        switch place {
        case .environment(let variable):
            guard let value = setting(variable) else {
                throw .variableNotSet(credential: credential, variable: variable)
            }
            return Self.text(Array(value.utf8)) ?? value
        case .file(let path):
            guard let bytes = SecretReference.content(ofFile: path), !bytes.isEmpty,
                let text = Self.text(bytes)
            else {
                throw .unreadableFile(credential: credential, path: path)
            }
            return text
        }
    }
}

extension CallboxConfiguration {
    /// The configuration with `url` as the base URL of `api`, which then takes precedence over the environment. If
    /// `url` is nil, the configuration is unchanged.
    package func reaching(_ api: APIDescription, at url: String?) -> CallboxConfiguration {
        guard let url else { return self }
        var configuration = self
        configuration.apis[api.name, default: APISettings(api)].url = url
        configuration.overriddenAPIs.insert(api.name)
        return configuration
    }
}
