/// The target of a request line (RFC 9112 §3.2), kept as it came and read by part.
package struct RequestTarget: Hashable, Sendable {
    /// Exactly what stood in the request line.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// What stands before the first `?`, not decoded. An absolute target (`http://host/path`) gives its path.
    package var path: String {
        String(pathAndQuery.path)
    }

    /// What stands after the first `?`, not decoded; nil where there is no `?`.
    package var query: String? {
        pathAndQuery.query.map { String($0) }
    }

    /// The query's items in order, percent-decoded, `+` read as a space (the URL standard's form encoding).
    package var queryItems: [QueryItem] {
        guard let query = pathAndQuery.query else { return [] }
        return query.utf8.split(separator: UInt8(ascii: "&")).map { item in
            let parts = item.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return QueryItem(
                name: PercentText.decodeForm(parts.first ?? []),
                value: PercentText.decodeForm(parts.dropFirst().first ?? []))
        }
    }

    /// The value of the first query item with this name, percent-decoded, with `+` left as it is.
    package func percentDecodedQueryValue(named name: String) -> String? {
        let item = pathAndQuery.query?.utf8.split(separator: UInt8(ascii: "&")).first { item in
            PercentText.decodeForm(item.prefix { $0 != UInt8(ascii: "=") }).utf8.elementsEqual(name.utf8)
        }
        return item.map { PercentText.decode($0.drop { $0 != UInt8(ascii: "=") }.dropFirst()) }
    }

    /// The value of the first query item with this name.
    package func queryValue(named name: String) -> String? {
        queryItems.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    private var pathAndQuery: (path: Substring, query: Substring?) {
        var rest = text[...]
        // Nearly all of them begin with a slash.
        let isAbsolute = text.utf8.first != UInt8(ascii: "/")
        for scheme in ["http://", "https://"] where isAbsolute && text.prefix(scheme.count).matchesScheme(scheme) {
            let afterAuthority = rest.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
            rest = afterAuthority
        }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (rest, nil) }
        return (rest[..<mark], rest[rest.utf8.index(after: mark)...])
    }
}

/// One `name=value` of a query string, decoded.
package struct QueryItem: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension Substring {
    fileprivate func matchesScheme(_ scheme: String) -> Bool {
        String(self).matchesIgnoringASCIICase(scheme)
    }
}
