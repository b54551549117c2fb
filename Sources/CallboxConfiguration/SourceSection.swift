internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import Yams

/// Reads one source of the configuration file.
enum SourceSection {
    private static let keys = [
        "provider", "path", "verify", "tolerance", "body-limit", "secrets", "routes", "redirects", "allow-from",
        "client-certificates", "accept-unsigned", "accept-compacted", "keep", "keep-metadata", "states",
    ]

    static func read(_ section: YAMLMapping, name: String, providers: ProviderCatalog) -> SourceSettings? {
        guard let provider = provider(section, name, providers) else {
            // The other keys cannot be checked, because they depend on the provider.
            return nil
        }
        let isDescribed = provider is GenericProvider
        section.rejectUnknownKeys(isDescribed ? keys + GenericSection.keys(provider.name) : keys)
        var settings = SourceSettings(name: name, provider: provider, path: path(section, name))
        settings.isExplicitlyUnchecked = section.choice("verify", ["required": false, "none": true]) ?? false
        if let tolerance = section.duration("tolerance", "a duration such as 300s") {
            settings.toleranceMilliseconds = tolerance.milliseconds
        }
        if let limit = section.value("body-limit", "a size from 1 to 900MiB", bodyLimit) {
            settings.bodyByteCountLimit = limit
        }
        settings.secrets = SecretSection.read(section, provider: provider)
        if settings.isExplicitlyUnchecked, !section.list("secrets").isEmpty {
            section.reject("verify", "is 'none', but 'secrets' is set; remove one of them")
        }
        settings.senderPolicy = senderPolicy(section)
        settings.retention = RetentionSection.read(section)
        settings.routes = routes(section, &settings.retention)
        settings.redirects = redirects(section)
        return settings
    }

    private static func provider(
        _ section: YAMLMapping, _ name: String, _ providers: ProviderCatalog
    ) -> (any Provider)? {
        let word = section.text("provider") ?? name
        let provider: any Provider
        if GenericProvider.names.contains(word) {
            provider = GenericSection.read(section, providerName: word)
        } else if let known = providers.provider(named: word) {
            provider = known
        } else {
            let suggestion = NearestName.suggestion(word, among: providers.names, otherwise: "the providers are")
            section.reject("provider", "refers to the unknown provider '\(word)'; \(suggestion)")
            return nil
        }
        guard section.node("accept-compacted") != nil else { return provider }
        guard let compacting = provider.acceptingCompacted else {
            let names = providers.providers.filter { $0.acceptingCompacted != nil }.map(\.name)
            section.reject("accept-compacted", "applies only to \(names.joined(separator: " and ")); remove it")
            return provider
        }
        return section.flag("accept-compacted") == true ? compacting : provider
    }

    private static func senderPolicy(_ section: YAMLMapping) -> SenderPolicy {
        var policy = SenderPolicy()
        policy.allowed = section.addressRanges("allow-from")
        policy.certificates = certificates(section)
        policy.acceptsUnsigned = section.flag("accept-unsigned") ?? false
        if policy.acceptsUnsigned, section.list("allow-from").isEmpty {
            section.reject("accept-unsigned", "needs 'allow-from'; otherwise anyone could deliver")
        }
        return policy
    }

    private static func certificates(_ section: YAMLMapping) -> Set<ClientCertificate> {
        let key = "client-certificates"
        return Set(
            section.texts(key).compactMap { text in
                let certificate = ClientCertificate(text)
                if certificate == nil {
                    section.reject(
                        key, "has '\(text)', which is not a SHA-256 fingerprint",
                        advice: "Print it with 'openssl x509 -noout -fingerprint -sha256 -in client.pem'.")
                }
                return certificate
            })
    }

    private static func bodyLimit(_ text: String) -> Int? {
        Quantity.byteCount(text).flatMap { (1...JournalSchema.bodyByteCountLimit).contains($0) ? $0 : nil }
    }

    private static func path(_ section: YAMLMapping, _ name: String) -> String {
        let path = section.text("path") ?? "/\(name)"
        let isPlain = path.utf8.allSatisfy { (0x21...0x7e).contains($0) && ![0x23, 0x3f, 0x5c].contains($0) }
        if !path.hasPrefix("/") || !isPlain || path != "/" && path.hasSuffix("/") {
            section.reject(
                "path", "must begin with '/', must not end with '/', and must not contain spaces, '?', '#' or '\\'")
        }
        if path == CallboxConfiguration.healthPath {
            section.reject("path", "is reserved for health checks; choose another path")
        }
        return path
    }

    private static func routes(_ section: YAMLMapping, _ retention: inout Retention.SourceTerms) -> RouteTable {
        guard let routes = section.mapping("routes") else { return .empty }
        var entries: [RouteEntry] = []
        for key in routes.keys {
            let topic: String?
            if case .mapping? = routes.node(key), let rule = routes.mapping(key) {
                rule.rejectUnknownKeys(["topic"] + RetentionSection.keys)
                topic = rule.text("topic")
                let terms = RetentionSection.terms(rule)
                if terms != Retention.Terms() { retention.routes[key] = terms }
            } else if case .sequence? = routes.node(key) {
                routes.reject(key, "must be a single value")
                continue
            } else {
                topic = routes.text(key)
            }
            guard let topic, topic.utf8.count <= 100,
                topic.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
            else {
                routes.reject(key, "needs the name of a topic, up to 100 bytes without control characters")
                continue
            }
            entries.append(RouteEntry(key: key, topic: topic))
        }
        do throws(RouteTable.MixedWithAll) {
            return try RouteTable(entries)
        } catch {
            let keys = error.keys.map { "'\($0)'" }.joined(separator: ", ")
            section.reject(
                "routes", "has 'all' and \(keys), but 'all' must be the only key; remove 'all' or the other keys")
            return .empty
        }
    }

    private static func redirects(_ section: YAMLMapping) -> RedirectPolicy {
        guard let redirects = section.mapping("redirects") else { return .none }
        redirects.rejectUnknownKeys(["allow", "landing"])
        do throws(RedirectPolicy.InvalidEntry) {
            return try RedirectPolicy(allowed: redirects.texts("allow"), landing: redirects.text("landing"))
        } catch {
            section.reject(
                "redirects",
                "has '\(error.entry)'; use a URL without a user name, such as https://app.example.com/welcome")
            return .none
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
