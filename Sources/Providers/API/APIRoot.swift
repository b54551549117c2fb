internal import Foundation

/// The base URL of a provider's API. The URL must use https, or http on this machine, because credentials are sent to
/// it.
package struct APIRoot: Sendable, Hashable, CustomStringConvertible {
    private static let loopbackHosts: Set<String> = ["127.0.0.1", "localhost", "::1", "[::1]"]
    /// The unreserved characters (RFC 3986 §2.3).
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// The URL without a trailing slash.
    package let text: String

    /// Throws `badInput` for other schemes, for http to another machine, and for a URL with a user, a query or a
    /// fragment.
    package init(_ text: String) throws {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard Self.isCredentialSafe(trimmed), !trimmed.contains("?"), !trimmed.contains("#"), !trimmed.hasSuffix("/")
        else {
            throw ProviderCallFailure.badInput(
                "The address of a provider's API must be https://host/path without user, query or fragment. "
                    + "Use http only for 127.0.0.1, localhost and ::1.")
        }
        self.text = trimmed
    }

    package var description: String { text }

    /// True if a credential that is sent to this absolute URL reaches only the host of the URL.
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

    /// True if a link in a response of this API may be followed: to the API itself, or over https to a public host
    /// name. An API must not make this machine send requests to itself or to its network.
    func permits(link url: String) -> Bool {
        guard Self.isCredentialSafe(url), let link = URLComponents(string: url), let own = URLComponents(string: text),
            let host = link.host?.lowercased()
        else { return false }
        if (link.scheme, host, link.port) == (own.scheme, own.host?.lowercased(), own.port) { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard link.scheme?.lowercased() == "https", labels.count > 1, let last = labels.last else { return false }
        // In every form of an IP address, the last label starts with a digit or ends with a bracket.
        return last.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
            && !host.contains(":") && !["localhost", "local", "internal", "lan", "home", "corp"].contains(last)
    }

    /// True if the URL has the host of this API.
    func hasHost(of url: String) -> Bool {
        URLComponents(string: url)?.host?.lowercased() == URLComponents(string: text)?.host?.lowercased()
    }

    /// A URL below the base URL.
    ///
    /// - Parameter query: the items. Items without a value are omitted.
    func url(_ path: String, query: [(String, String?)] = []) -> String {
        let items = query.compactMap { name, value in
            value.map { "\(Self.encode(name))=\(Self.encode($0))" }
        }
        return text + path + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
    }

    /// A path segment. Throws `badInput` for an empty segment, and for `.` and `..`.
    static func segment(_ text: String, _ name: String) throws -> String {
        guard !text.isEmpty, text != ".", text != "..", text.utf8.count <= 1024 else {
            throw ProviderCallFailure.badInput("\(name) is empty or not an identifier.")
        }
        return encode(text)
    }

    /// Percent-encodes all characters except the unreserved characters (RFC 3986 §2.3).
    package static func encode(_ text: String) -> String {
        // The method returns nil only for unpaired surrogates, which a `String` cannot contain.
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
