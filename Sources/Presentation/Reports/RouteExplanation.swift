package import CallboxConfiguration
internal import Deliveries
internal import Providers
package import StrictJSON
internal import TerminalOutput

/// Explains which route of a source applies to a type.
package enum RouteExplanation {
    /// The topic and the rule for the type, or the reason why there is none.
    package static func lines(type: String, in source: SourceSettings) -> [String] {
        let shown = TerminalText.escape(type)
        let keys = source.routes.entries.map { "'\(TerminalText.escape($0.key))'" }.joined(separator: ", ")
        guard let route = source.routes.route(forType: type) else {
            let why =
                keys.isEmpty
                ? "Source \(source.name) has no routes."
                : "Source \(source.name) has routes for \(keys), but no route for this type, 'other' or 'all'."
            return ["\(shown) is archived without a topic.", why, "'callbox list --unrouted' finds it."]
        }
        let why: String
        switch route.rule {
        case .specific: why = "Source \(source.name) has a route for this type."
        case .other:
            why = "Source \(source.name) has no route for this type, so 'other' applies (its routes are \(keys))."
        case .all: why = "Source \(source.name) has only the route 'all', which matches every type."
        }
        return [
            "\(shown) is filed under topic \(TerminalText.escape(route.topic)) by rule '\(route.rule.rawValue)'.", why,
        ]
    }
}

/// The URLs of sources that users register with providers.
package enum CallbackURLs {
    /// The base URL without a trailing slash; nil if the text is not a URL.
    package static func base(_ text: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix),
            let first = text.dropFirst(scheme.count).first, !["/", ":"].contains(first),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && ![0x22, 0x23, 0x3f, 0x5c].contains($0) })
        else { return nil }
        var base = text[...]
        while base.last == "/" { base.removeLast() }
        return base.hasSuffix(":") ? nil : String(base)
    }

    /// The URL of a source.
    package static func url(of source: SourceSettings, base: String) -> String {
        source.path == "/" ? base : base + source.path
    }

    /// A URL for each route of a source, or the URL of `all` if there is no route. Empty if the provider accepts only
    /// one URL.
    package static func products(of source: SourceSettings, base: String) -> [(key: String, url: String)] {
        guard let routes = source.provider.descriptor.registration.routes else { return [] }
        let keys = source.routes.entries.map(\.key).filter { !routes.excludedTypes.contains($0) }
        return (keys.isEmpty ? ["all"] : keys).map { ($0, "\(url(of: source, base: base))/\(APIRoot.encode($0))") }
    }

    /// The URLs, with the names that the provider uses.
    package static func json(for source: SourceSettings, base: String) -> JSONText {
        let registration = source.provider.descriptor.registration
        var members: [JSONText.Member] = []
        if let routes = registration.routes {
            let urls = products(of: source, base: base).map { JSONText.Member($0.key, .string($0.url)) }
            members.append(.init(routes.name, .object(urls)))
        }
        for address in registration.addresses {
            members.append(.init(address.name, .string(url(of: source, base: base) + address.path)))
        }
        return .object(members)
    }
}
