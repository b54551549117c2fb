internal import Foundation
internal import Providers
internal import Yams

/// Reads `apis`: how each provider's API is reached.
enum APISection {
    private static let pollIntervals: ClosedRange<Duration> = .seconds(1) ... .seconds(86_400)

    /// - Parameter sources: the names of the configured ones.
    static func read(
        _ section: YAMLMapping, sources: [String], file: String, providers: ProviderCatalog
    ) throws(ConfigurationError) -> [String: APISettings] {
        try section.rejectUnknownKeys(providers.callableAPIs.map(\.name))
        var apis = APISettings.defaults(of: providers)
        for key in section.keys {
            guard let api = providers.callableAPI(named: key), let mapping = try section.mapping(key) else { continue }
            let settings = try settings(of: api, mapping, file)
            if let source = settings.source, !sources.contains(source) {
                let suggestion =
                    NearestName.of(source, among: sources).map { "did you mean '\($0)'?" }
                    ?? "there are \(sources.joined(separator: ", "))"
                throw mapping.invalid(
                    "source", "names '\(source)', which is no source of this configuration; \(suggestion)")
            }
            apis[api.name] = settings
        }
        return apis
    }

    private static func settings(
        of api: APIDescription, _ section: YAMLMapping, _ file: String
    ) throws(ConfigurationError) -> APISettings {
        let texts = api.credentials + api.extraTexts
        var keys = ["url", "token-file", "source"] + api.credentials
        if api.followUp != nil { keys += ["follow-up", "poll"] }
        keys += api.extraURLs + api.extraTexts
        try section.rejectUnknownKeys(keys)
        var settings = APISettings(api)
        settings.url = try url("url", section) ?? settings.url
        for name in api.extraURLs { settings.extraURLs[name] = try url(name, section) }
        settings.tokenFile = try section.text("token-file").map { ConfigurationFile.resolve($0, besides: file) }
        settings.source = try section.text("source")
        settings.followsUp =
            try section.value("follow-up", "true or false") { ["true": true, "false": false][$0] } ?? false
        settings.pollInterval = try section.value("poll", "a duration from 1s to 1d, such as 5m") { text in
            Quantity.duration(text).flatMap { pollIntervals.contains($0) ? $0 : nil }
        }
        for name in texts {
            if let place = try place(name, section, file) { settings.texts[name] = place }
        }
        return settings
    }

    private static func url(_ key: String, _ section: YAMLMapping) throws(ConfigurationError) -> String? {
        try section.value(key, "an http or https URL without a query") { text in
            guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme),
                parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil
            else { return nil }
            return text
        }
    }

    private static func place(
        _ key: String, _ section: YAMLMapping, _ file: String
    ) throws(ConfigurationError) -> SecretReference.Place? {
        guard let node = section.node(key), node.null == nil else { return nil }
        guard case .mapping = node, let mapping = try section.mapping(key) else {
            throw section.invalid(
                key, "has to say where it is, such as {env: NAME} or {file: PATH}; it never stands here itself")
        }
        try mapping.rejectUnknownKeys(["env", "file"])
        switch (try mapping.text("env"), try mapping.text("file")) {
        case (let variable?, nil): return .environment(variable)
        case (nil, let path?): return .file(ConfigurationFile.resolve(path, besides: file))
        default: throw section.invalid(key, "has to have 'env' or 'file', and only one of them")
        }
    }
}
