/// Where a browser that a provider sends back may go on to. Nothing in a request can widen it.
package struct RedirectPolicy: Sendable, Equatable {
    /// Why an entry of the allow-list is rejected.
    package struct InvalidEntry: Error, Equatable {
        package let entry: String
    }

    private let allowed: [String]
    private let landing: String?

    /// Nobody is sent anywhere; visitors see a plain page.
    package static let none = RedirectPolicy()

    private init() {
        self.allowed = []
        self.landing = nil
    }

    /// - Parameters:
    ///   - allowed: origins with or without a path, such as `https://app.example.com/welcome`; a URL is allowed when it
    ///     begins with one, on the boundary of a path segment.
    ///   - landing: where visitors go whose request names no allowed URL; a page of ours is shown where this is nil.
    package init(allowed: [String], landing: String?) throws(InvalidEntry) {
        for entry in allowed + (landing.map { [$0] } ?? []) where !Self.isUsable(entry) {
            throw InvalidEntry(entry: entry)
        }
        self.allowed = allowed
        self.landing = landing
    }

    /// The place to send a visitor whose request asks for `wish`; nil for the plain page.
    func destination(for wish: String?) -> String? {
        if let wish, Self.isPlain(wish), !Self.hasDotSegment(wish), allowed.contains(where: { Self.covers($0, wish) }) {
            return wish
        }
        return landing
    }

    /// An entry has a scheme, a host without user name, and nothing that URL parsers disagree about.
    private static func isUsable(_ entry: String) -> Bool {
        guard isPlain(entry), !hasDotSegment(entry), !entry.utf8.contains(UInt8(ascii: "#")) else { return false }
        for scheme in ["https://", "http://"] where entry.utf8.starts(with: scheme.utf8) {
            let authority = entry.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
            return !authority.isEmpty && !authority.contains("@")
        }
        return false
    }

    /// Printable ASCII without backslash and quotation marks: a browser reads such a text as we do.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 2048
            && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && ![0x22, 0x3c, 0x3e, 0x5c, 0x60].contains($0) }
    }

    private static func hasDotSegment(_ text: String) -> Bool {
        let path = text.prefix { $0 != "?" && $0 != "#" }.lowercased()
        return path.split(separator: "/").contains { segment in
            let plain = segment.replacingPercentDots
            return plain == "." || plain == ".."
        }
    }

    private static func covers(_ entry: String, _ wish: String) -> Bool {
        guard wish.utf8.starts(with: entry.utf8) else { return false }
        guard let last = entry.utf8.last, last != UInt8(ascii: "/") else { return true }
        guard let next = wish.utf8.dropFirst(entry.utf8.count).first else { return true }
        return next == UInt8(ascii: "/") || next == UInt8(ascii: "?") || next == UInt8(ascii: "#")
    }
}

extension Substring {
    /// The text with `%2e` written as a dot.
    fileprivate var replacingPercentDots: String {
        var text = ""
        var rest = self
        while let first = rest.first {
            if rest.hasPrefix("%2e") {
                text.append(".")
                rest = rest.dropFirst(3)
            } else {
                text.append(first)
                rest = rest.dropFirst()
            }
        }
        return text
    }
}
