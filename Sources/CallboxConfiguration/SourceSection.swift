internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import Yams

/// Reads one source of the configuration file.
enum SourceSection {
    private static let keys = [
        "provider", "path", "verify", "tolerance", "body-limit", "secrets", "routes", "redirects", "allow-from",
        "trusted-proxies", "accept-unsigned", "accept-compacted", "keep", "keep-metadata", "states",
    ]

    static func read(
        _ section: YAMLMapping, name: String, file: String, providers: ProviderCatalog
    ) throws(ConfigurationError) -> SourceSettings {
        let provider = try provider(section, name, providers)
        let isDescribed = provider is GenericProvider
        try section.rejectUnknownKeys(isDescribed ? keys + GenericSection.keys(provider.name) : keys)
        var settings = SourceSettings(name: name, provider: provider, path: try path(section, name))
        if let verify = try section.value("verify", "'required' or 'none'", { ["required": true, "none": false][$0] }) {
            settings.isExplicitlyUnchecked = !verify
        }
        if let tolerance = try section.value("tolerance", "a duration such as 300s", Quantity.duration) {
            settings.toleranceMilliseconds = tolerance.milliseconds
        }
        if let limit = try section.value("body-limit", "a size from 1 to 1GiB", bodyLimit) {
            settings.bodyByteCountLimit = limit
        }
        settings.secrets = try SecretSection.read(section, provider: provider, file: file)
        guard settings.secrets.isEmpty || !settings.isExplicitlyUnchecked else {
            throw section.invalid("verify", "is 'none' although there are secrets; take out one of the two")
        }
        settings.senderPolicy = try senderPolicy(section)
        settings.retention = try RetentionSection.read(section)
        settings.routes = try routes(section, &settings.retention)
        settings.redirects = try redirects(section)
        return settings
    }

    private static func provider(
        _ section: YAMLMapping, _ name: String, _ providers: ProviderCatalog
    ) throws(ConfigurationError) -> any Provider {
        let word = try section.text("provider") ?? name
        let provider: any Provider
        if GenericProvider.names.contains(word) {
            provider = try GenericSection.read(section, providerName: word)
        } else if let known = providers.provider(named: word) {
            provider = known
        } else {
            let suggestion =
                NearestName.of(word, among: providers.names).map { "did you mean '\($0)'?" }
                ?? "there are \(providers.names.joined(separator: ", "))"
            throw section.invalid("provider", "does not know '\(word)'; \(suggestion)")
        }
        guard section.node("accept-compacted") != nil else { return provider }
        guard let compacting = provider.acceptingCompacted else {
            let names = providers.providers.filter { $0.acceptingCompacted != nil }.map(\.name)
            throw section.invalid("accept-compacted", "has a meaning for \(names.joined(separator: " and ")) only")
        }
        return try flag(section, "accept-compacted") ? compacting : provider
    }

    private static func flag(_ section: YAMLMapping, _ key: String) throws(ConfigurationError) -> Bool {
        try section.value(key, "true or false") { ["true": true, "false": false][$0] } ?? false
    }

    private static func senderPolicy(_ section: YAMLMapping) throws(ConfigurationError) -> SenderPolicy {
        var policy = SenderPolicy()
        policy.allowed = try ranges(section, "allow-from")
        policy.trustedProxies = try ranges(section, "trusted-proxies")
        policy.acceptsUnsigned = try flag(section, "accept-unsigned")
        guard !policy.acceptsUnsigned || !policy.allowed.isEmpty else {
            throw section.invalid("accept-unsigned", "needs 'allow-from', or anybody could deliver")
        }
        return policy
    }

    private static func ranges(_ section: YAMLMapping, _ key: String) throws(ConfigurationError) -> [AddressRange] {
        var ranges: [AddressRange] = []
        for node in try section.list(key) {
            guard let range = node.string.flatMap(AddressRange.init) else {
                throw section.invalid(
                    key, "has '\(node.string ?? "")', which is no address such as 18.230.43.17 or 10.0.0.0/8")
            }
            ranges.append(range)
        }
        return ranges
    }

    private static func bodyLimit(_ text: String) -> Int? {
        Quantity.byteCount(text).flatMap { (1...(1 << 30)).contains($0) ? $0 : nil }
    }

    private static func path(_ section: YAMLMapping, _ name: String) throws(ConfigurationError) -> String {
        let path = try section.text("path") ?? "/\(name)"
        let isPlain = path.utf8.allSatisfy { (0x21...0x7e).contains($0) && ![0x23, 0x3f, 0x5c].contains($0) }
        guard path.hasPrefix("/"), isPlain, path == "/" || !path.hasSuffix("/") else {
            throw section.invalid("path", "has to begin with '/', not end with it, and have no spaces, '?' or '#'")
        }
        return path
    }

    private static func routes(
        _ section: YAMLMapping, _ retention: inout Retention.SourceTerms
    ) throws(ConfigurationError) -> RouteTable {
        guard let routes = try section.mapping("routes") else { return .empty }
        var entries: [RouteEntry] = []
        for key in routes.keys {
            var topic: String?
            if case .mapping? = routes.node(key), let rule = try routes.mapping(key) {
                try rule.rejectUnknownKeys(["topic"] + RetentionSection.keys)
                topic = try rule.text("topic")
                let terms = try RetentionSection.terms(rule)
                if terms != Retention.Terms() { retention.routes[key] = terms }
            } else {
                topic = try routes.text(key)
            }
            guard let topic, topic.utf8.count <= 100,
                topic.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
            else {
                throw routes.invalid(key, "needs the name of a topic, up to 100 bytes without control characters")
            }
            entries.append(RouteEntry(key: key, topic: topic))
        }
        do throws(RouteTable.MixedWithAll) {
            return try RouteTable(entries)
        } catch {
            let keys = error.keys.map { "'\($0)'" }.joined(separator: ", ")
            throw section.invalid(
                "routes", "has 'all' beside \(keys): 'all' takes everything and stands alone. Take out one or the other"
            )
        }
    }

    private static func redirects(_ section: YAMLMapping) throws(ConfigurationError) -> RedirectPolicy {
        guard let redirects = try section.mapping("redirects") else { return .none }
        try redirects.rejectUnknownKeys(["allow", "landing"])
        let allowed = try redirects.texts("allow")
        let landing = try redirects.text("landing")
        do throws(RedirectPolicy.InvalidEntry) {
            return try RedirectPolicy(allowed: allowed, landing: landing)
        } catch {
            throw section.invalid(
                "redirects",
                "has '\(error.entry)', which is not a URL such as https://app.example.com/welcome without user name")
        }
    }

    static func isName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
