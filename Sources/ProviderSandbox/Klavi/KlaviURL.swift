internal import Foundation

/// What counts as a URL here, and how parameters are added to one.
enum KlaviURL {
    /// Whether a delivery or a browser can be sent there: http or https with a host, printable ASCII.
    static func isWeb(_ text: String) -> Bool {
        guard isPrintable(text), let url = URL(string: text), let host = url.host(), !host.isEmpty else { return false }
        return ["http", "https"].contains(url.scheme?.lowercased())
    }

    /// Whether a page may link to it: an app's own scheme is allowed, one that runs as a script is not.
    static func isAppLink(_ text: String) -> Bool {
        guard isPrintable(text), let scheme = URL(string: text)?.scheme?.lowercased() else { return false }
        return !["javascript", "data", "vbscript", "file", "blob"].contains(scheme)
    }

    /// The URL with these parameters after those it has, in front of its fragment.
    static func adding(_ parameters: [(name: String, value: String)], to url: String) -> String {
        let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let address = String(parts.first ?? "")
        let fragment = parts.count > 1 ? "#" + parts[1] : ""
        let query = parameters.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
        let joint = address.contains("?") ? (address.hasSuffix("?") || address.hasSuffix("&") ? "" : "&") : "?"
        return address + joint + query + fragment
    }

    /// Everything but RFC 3986's unreserved characters percent-encoded.
    private static func encoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static func isPrintable(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
    }
}
