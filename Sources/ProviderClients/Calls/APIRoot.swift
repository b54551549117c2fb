internal import Foundation

/// The address under which a provider's calls stand. Credentials travel there, so it is https, or http on this machine.
package struct APIRoot: Sendable, Hashable, CustomStringConvertible {
    private static let loopbackHosts: Set<String> = ["127.0.0.1", "localhost", "::1", "[::1]"]

    /// Without a slash at its end.
    package let text: String

    /// Throws `badInput` for other schemes, for http to another machine, and for addresses with a user, a query, a
    /// fragment or characters that addresses do not have.
    package init(_ text: String) throws(ProviderCallFailure) {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard Self.isCredentialSafe(trimmed), !trimmed.contains("?"), !trimmed.contains("#"), !trimmed.hasSuffix("/")
        else {
            throw .badInput(
                "The address of a provider's API is https://host/path without user, query and fragment; "
                    + "http is for 127.0.0.1, localhost and ::1 only.")
        }
        self.text = trimmed
    }

    /// An address of this program, known to be right.
    init(known text: StaticString) {
        self.text = "\(text)"
    }

    package var description: String { text }

    /// Whether what goes to this absolute address stays between us and its host.
    static func isCredentialSafe(_ url: String) -> Bool {
        let allowed = url.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !"\"<>\\^`{|}".utf8.contains(byte)
        }
        guard allowed, url.utf8.count <= 8192, let parts = URLComponents(string: url), let host = parts.host,
            !host.isEmpty, parts.user == nil, parts.password == nil
        else { return false }
        switch parts.scheme?.lowercased() {
        case "https": return true
        case "http": return loopbackHosts.contains(host.lowercased())
        default: return false
        }
    }

    /// The address of a call. Segments are encoded, so that none of them leads elsewhere.
    func url(_ path: String, query: [(String, String?)] = []) -> String {
        let items = query.compactMap { name, value in
            value.map { "\(PercentEncoding.encode(name))=\(PercentEncoding.encode($0))" }
        }
        return text + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }
}
