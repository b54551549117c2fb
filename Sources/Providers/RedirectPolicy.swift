/// The URLs to which a browser may be redirected. A request cannot add URLs.
package struct RedirectPolicy: Sendable, Equatable {
    /// An invalid entry of the allow-list.
    package struct InvalidEntry: Error, Equatable {
        package let entry: String
    }

    private let allowed: [String]
    private let landing: String?

    /// The policy that always shows a page instead of redirecting.
    package static let none = RedirectPolicy()

    private init() { (allowed, landing) = ([], nil) }

    /// - Parameters:
    ///   - allowed: origins with or without a path, such as `https://app.example.com/welcome`. A URL is allowed if it
    ///     starts with one of these entries and the entry ends at the end of a path segment.
    ///   - landing: the URL for requests that name no allowed URL; nil to show a page.
    package init(allowed: [String], landing: String?) throws(InvalidEntry) {
        for entry in allowed + (landing.map { [$0] } ?? []) where !Self.isUsable(entry) {
            throw InvalidEntry(entry: entry)
        }
        self.allowed = allowed
        self.landing = landing
    }

    /// The URL to which a request that names `wish` is redirected; nil to show a page.
    func destination(for wish: String?) -> String? {
        if let wish, Self.isPlain(wish), !Self.hasDotSegment(wish), allowed.contains(where: { Self.covers($0, wish) }) {
            return wish
        }
        return landing
    }

    /// True for an entry that has a scheme and a host, no user name, and no characters that URL parsers interpret
    /// differently.
    private static func isUsable(_ entry: String) -> Bool {
        guard isPlain(entry), !hasDotSegment(entry), !entry.utf8.contains(UInt8(ascii: "#")) else { return false }
        for scheme in ["https://", "http://"] where entry.utf8.starts(with: scheme.utf8) {
            let authority = entry.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
            return !authority.isEmpty && !authority.contains("@")
        }
        return false
    }

    /// True for printable ASCII without backslashes and quotation marks. Browsers and this check interpret such text in
    /// the same way.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 2048
            && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && ![0x22, 0x3c, 0x3e, 0x5c, 0x60].contains($0) }
    }

    private static func hasDotSegment(_ text: String) -> Bool {
        let path = text.prefix { $0 != "?" && $0 != "#" }.lowercased()
        return path.replacing("%2e", with: ".").split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    private static func covers(_ entry: String, _ wish: String) -> Bool {
        guard wish.utf8.starts(with: entry.utf8) else { return false }
        guard let last = entry.utf8.last, last != UInt8(ascii: "/") else { return true }
        guard let next = wish.utf8.dropFirst(entry.utf8.count).first else { return true }
        return next == UInt8(ascii: "/") || next == UInt8(ascii: "?") || next == UInt8(ascii: "#")
    }
}
