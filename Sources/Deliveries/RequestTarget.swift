/// The target of a request line (RFC 9112 §3.2). It is stored byte for byte; its parts are computed.
package struct RequestTarget: Hashable, Sendable {
    /// The target as it is in the request line.
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The part before the first `?`, not decoded. For an absolute target (`http://host/path`), only the path.
    package var path: String { String(pathAndQuery.path) }

    /// The part after the first `?`, not decoded; nil without a `?`.
    package var query: String? { pathAndQuery.query.map { String($0) } }

    /// The items of the query in order, percent-decoded, with `+` decoded as a space (form encoding in the URL
    /// standard).
    package var queryItems: [QueryItem] {
        QueryText.items(pathAndQuery.query ?? "").map { item in
            QueryItem(name: PercentText.decodeForm(item.name), value: PercentText.decodeForm(item.value))
        }
    }

    /// The percent-decoded value of the first query item with this name. If no item has the name, also searches the
    /// items after a further `?`, because a base URL with a query may be joined with a second query
    /// (ezid-reference: Undocumented).
    package func queryValue(named name: String, plusIsSpace: Bool = true) -> String? {
        guard let query = pathAndQuery.query else { return nil }
        let isNamed = { (item: QueryText.Item) in PercentText.decodeForm(item.name).hasSameBytes(as: name) }
        let item =
            QueryText.items(query).first(where: isNamed)
            ?? QueryText.items(query, beginAfterQuestionMarks: true).first(where: isNamed)
        return item.map { plusIsSpace ? PercentText.decodeForm($0.value) : PercentText.decode($0.value) }
    }

    /// The host and port of an absolute target, not decoded; nil for other targets.
    package var authority: Substring? {
        afterScheme.map { Substring($0.utf8.prefix { !Self.endsAuthority($0) }) }
    }

    private var pathAndQuery: (path: Substring, query: Substring?) {
        let rest = afterScheme.map { Substring($0.utf8.drop { !Self.endsAuthority($0) }) } ?? text[...]
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (rest, nil) }
        return (rest[..<mark], rest[rest.utf8.index(after: mark)...])
    }

    /// The text after `http://` or `https://`; nil if the target does not start with either.
    private var afterScheme: Substring? {
        // The fast path: nearly all targets start with a slash.
        guard text.utf8.first != UInt8(ascii: "/") else { return nil }
        // Compares bytes, because a slash and a combining character after it are one `Character`.
        for scheme in ["http://", "https://"] {
            let start = String(decoding: text.utf8.prefix(scheme.utf8.count), as: UTF8.self)
            if start.matchesIgnoringASCIICase(scheme) { return Substring(text.utf8.dropFirst(scheme.utf8.count)) }
        }
        return nil
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        "/?#".utf8.contains(byte)
    }
}

/// A decoded `name=value` item of a query.
package struct QueryItem: Hashable, Sendable {
    package let name: String
    package let value: String
}

/// The only parser of `name=value` items, so masking finds exactly the items that provider code finds.
package enum QueryText {
    /// An item as it is in the query, not decoded.
    struct Item {
        let name: Substring.UTF8View
        /// The value; empty if the item has no equals sign.
        let value: Substring.UTF8View

        var hasEqualsSign: Bool { name.endIndex < value.startIndex }
    }

    static func items(_ query: Substring, beginAfterQuestionMarks: Bool = false) -> [Item] {
        query.utf8.split { byte in
            byte == UInt8(ascii: "&") || beginAfterQuestionMarks && byte == UInt8(ascii: "?")
        }.map { text in
            let equals = text.firstIndex(of: UInt8(ascii: "=")) ?? text.endIndex
            return Item(name: text[..<equals], value: text[equals...].dropFirst())
        }
    }

    /// The query with the value of each secret item replaced by `mask`. A value ends at the next `&`.
    ///
    /// - Parameter isSecret: called with the decoded name.
    package static func masking(_ query: Substring, with mask: String, isSecret: (String) -> Bool) -> String {
        query.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).map { text in
            for item in items(Substring(text), beginAfterQuestionMarks: true) {
                guard item.hasEqualsSign, isSecret(PercentText.decodeForm(item.name)) else { continue }
                return query[text.startIndex..<item.value.startIndex] + mask
            }
            return String(Substring(text))
        }.joined(separator: "&")
    }
}
