internal import Foundation
internal import Providers
internal import Yams

/// Reads `apis`: the URL, credentials and polling of each provider's API.
enum APISection {
    private static let pollIntervals: ClosedRange<Duration> = .seconds(1) ... .seconds(86_400)

    /// - Parameter sources: the names of the configured sources; nil if a section of the file is not valid YAML.
    static func read(_ section: YAMLMapping, sources: [String]?, providers: ProviderCatalog) -> [String: APISettings] {
        section.rejectUnknownKeys(providers.callableAPIs.map(\.name))
        var apis = APISettings.defaults(of: providers)
        for key in section.keys {
            guard let api = providers.callableAPI(named: key), let mapping = section.mapping(key) else { continue }
            let settings = settings(of: api, mapping)
            if let source = settings.source, let sources, !sources.contains(source) {
                let suggestion = NearestName.suggestion(source, among: sources, otherwise: "the sources are")
                mapping.reject("source", "refers to the unknown source '\(source)'; \(suggestion)")
            }
            apis[api.name] = settings
        }
        return apis
    }

    private static func settings(of api: APIDescription, _ section: YAMLMapping) -> APISettings {
        let texts = api.credentials + api.extraTexts
        var keys = ["url", "token-file", "source"] + api.credentials
        if api.followUp != nil { keys += ["follow-up", "poll"] }
        keys += api.extraURLs + api.extraTexts
        section.rejectUnknownKeys(keys)
        var settings = APISettings(api)
        settings.url = url("url", section) ?? settings.url
        for name in api.extraURLs { settings.extraURLs[name] = url(name, section) }
        settings.tokenFile = section.text("token-file").map { ConfigurationFile.resolve($0, besides: section.file) }
        settings.source = section.text("source")
        settings.followsUp = section.flag("follow-up") ?? false
        settings.pollInterval = section.duration("poll", "a duration from 1s to 1d, such as 5m", in: pollIntervals)
        for name in texts {
            if let place = place(name, section) { settings.texts[name] = place }
        }
        return settings
    }

    private static func url(_ key: String, _ section: YAMLMapping) -> String? {
        section.value(key, "an http or https URL without a query") { text in
            guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme),
                parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil
            else { return nil }
            return text
        }
    }

    private static func place(_ key: String, _ section: YAMLMapping) -> SecretReference.Place? {
        guard let node = section.node(key), node.null == nil else { return nil }
        guard case .mapping = node, let mapping = section.mapping(key) else {
            section.reject(
                key, "must be the location of the credential, such as {env: NAME} or {file: PATH}",
                advice: "Do not write credentials in the configuration.")
            return nil
        }
        mapping.rejectUnknownKeys(["env", "file"])
        return mapping.place()
    }
}
