internal import CallboxConfiguration
internal import Foundation
internal import ProviderTransport
internal import Providers
internal import TerminalOutput

/// Clients for the providers' APIs, made of the configuration: base URLs, credentials, token files, rate limits.
struct ProviderAccess: Sendable {
    private let apis: [String: APISettings]
    private let overridden: Set<String>
    private let environment: [String: String]
    private let exchange: HTTPExchange
    /// For the APIs without a token file: one login serves every client that is made here.
    private let memory = MemoryTokenStore()
    private let limits: [String: RateLimit]

    init(
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

    /// The base URL of an API: a flag goes before `CALLBOX_…_URL`, that before the configuration.
    func url(_ api: APIDescription) -> String {
        let settings = settings(api)
        if overridden.contains(api.name) { return settings.url }
        return environment.setting(api.environmentName("url")) ?? settings.url
    }

    /// Throws `CommandFailure` for a text that cannot be read, and `badInput` for one that cannot be used.
    func client(_ api: APIDescription) throws -> ProviderClient {
        let settings = settings(api)
        var texts: [String: String] = [:]
        for name in api.credentials {
            texts[name] = try text(
                at: settings.texts[name] ?? .environment(api.environmentName(name)), for: "the \(name) of \(api.name)")
        }
        for name in api.extraTexts {
            texts[name] = try settings.texts[name].map { try text(at: $0, for: "the \(name) of \(api.name)") }
        }
        var extraRoots: [String: APIRoot] = [:]
        for name in api.extraURLs {
            let url = environment.setting(api.environmentName(name)) ?? settings.extraURLs[name]
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

    private func text(at place: SecretReference.Place, for what: String) throws(CommandFailure) -> String {
        switch place {
        case .environment(let variable):
            guard let value = environment.setting(variable) else {
                throw CommandFailure(
                    .configuration, "\(what) is not known: the environment variable \(variable) is not set",
                    advice: "Set it, or name a file under 'apis' in the configuration.")
            }
            return value
        case .file(let path):
            guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
                throw CommandFailure(
                    .configuration, "\(what) is not known: the file \(path) cannot be read, or is empty",
                    advice: "Check the path and its permissions.")
            }
            let text = String(decoding: data, as: UTF8.self)
            return text.hasSuffix("\n") && !text.contains("-----BEGIN") ? String(text.dropLast()) : text
        }
    }
}
