internal import Deliveries
internal import Providers
internal import Yams

/// Reads one source of the configuration file.
enum SourceSection {
    private static let keys = [
        "provider", "path", "verify", "tolerance", "body-limit", "secrets", "routes", "redirects",
    ]

    static func read(_ section: YAMLMapping, name: String, file: String) throws(CommandFailure) -> SourceSettings {
        try section.refuseUnknownKeys(keys)
        guard isName(name) else {
            throw CommandFailure(
                .configuration,
                "\(file): \(section.path) is no name for a source; use a to z, 0 to 9, '-' and '_', up to 40")
        }
        let providerNames = ProviderCatalog.all.map(\.name)
        let providerName = try section.text("provider") ?? name
        guard let provider = ProviderCatalog.provider(named: providerName) else {
            let suggestion =
                NearestName.of(providerName, among: providerNames).map { "did you mean '\($0)'?" }
                ?? "there are \(providerNames.joined(separator: ", "))"
            throw section.invalid("provider", "does not know '\(providerName)'; \(suggestion)")
        }
        var settings = SourceSettings(name: name, provider: provider, path: try path(section, name))
        if let verify = try section.value("verify", "'required' or 'none'", { ["required": true, "none": false][$0] }) {
            settings.isExplicitlyUnchecked = !verify
        }
        if let tolerance = try section.value("tolerance", "a duration such as 300s", Quantity.duration) {
            settings.toleranceMilliseconds = tolerance.components.seconds * 1000
        }
        if let limit = try section.value("body-limit", "a size from 1 to 1GiB", bodyLimit) {
            settings.bodyByteCountLimit = limit
        }
        settings.secrets = try SecretSection.read(section, provider: provider, file: file)
        guard settings.secrets.isEmpty || !settings.isExplicitlyUnchecked else {
            throw section.invalid("verify", "is 'none' although there are secrets; take out one of the two")
        }
        settings.routes = try routes(section)
        settings.redirects = try redirects(section)
        return settings
    }

    private static func bodyLimit(_ text: String) -> Int? {
        Quantity.byteCount(text).flatMap { (1...(1 << 30)).contains($0) ? $0 : nil }
    }

    private static func path(_ section: YAMLMapping, _ name: String) throws(CommandFailure) -> String {
        let path = try section.text("path") ?? "/\(name)"
        let isPlain = path.utf8.allSatisfy { (0x21...0x7e).contains($0) && ![0x23, 0x3f, 0x5c].contains($0) }
        guard path.hasPrefix("/"), isPlain, path == "/" || !path.hasSuffix("/") else {
            throw section.invalid("path", "has to begin with '/', not end with it, and have no spaces, '?' or '#'")
        }
        return path
    }

    private static func routes(_ section: YAMLMapping) throws(CommandFailure) -> RouteTable {
        guard let routes = try section.mapping("routes") else { return .empty }
        var entries: [RouteEntry] = []
        for key in routes.keys {
            var box: String?
            if case .mapping? = routes.node(key), let rule = try routes.mapping(key) {
                try rule.refuseUnknownKeys(["box"])
                box = try rule.text("box")
            } else {
                box = try routes.text(key)
            }
            guard let box, box.utf8.count <= 100,
                box.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
            else {
                throw routes.invalid(key, "needs the name of a box, up to 100 bytes without control characters")
            }
            entries.append(RouteEntry(key: key, box: box))
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

    private static func redirects(_ section: YAMLMapping) throws(CommandFailure) -> RedirectPolicy {
        guard let redirects = try section.mapping("redirects") else { return .none }
        try redirects.refuseUnknownKeys(["allow", "landing"])
        let allowed = try redirects.list("allow").compactMap(\.string)
        do throws(RedirectPolicy.InvalidEntry) {
            return try RedirectPolicy(allowed: allowed, landing: try? redirects.text("landing"))
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
