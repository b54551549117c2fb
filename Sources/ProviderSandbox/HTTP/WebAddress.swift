internal import Foundation

/// URLs in calls and deliveries.
enum WebAddress {
    /// True if a delivery or a browser can be sent to the URL: http or https with a host, in printable ASCII.
    static func isHTTP(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let url = URL(string: text), let host = url.host(),
            !host.isEmpty
        else { return false }
        return ["http", "https"].contains(url.scheme?.lowercased())
    }

    /// True if the host is this machine. The sandbox calls no other machine, because it could be used to attack
    /// strangers.
    static func isLoopback(_ text: String) -> Bool {
        guard isHTTP(text), let host = URL(string: text)?.host() else { return false }
        return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host.lowercased())
    }

    /// The URL with these parameters added after the existing ones and before the fragment.
    static func adding(_ parameters: [(String, String)], to url: String) -> String {
        let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let address = String(parts[0])
        let separator = !address.contains("?") ? "?" : address.hasSuffix("?") || address.hasSuffix("&") ? "" : "&"
        let query = parameters.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
        return address + separator + query + (parts.count > 1 ? "#\(parts[1])" : "")
    }

    /// The text with all but RFC 3986's unreserved characters percent-encoded.
    static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
