internal import Foundation

/// Checks and changes URLs in calls and deliveries.
enum WebAddress {
    /// True if a request can be sent to the URL: http or https with a host, in printable ASCII.
    static func isHTTP(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), let url = URL(string: text), let host = url.host(),
            !host.isEmpty
        else { return false }
        return ["http", "https"].contains(url.scheme?.lowercased())
    }

    /// True if the host is this machine. The sandbox sends requests only to this machine, because it could otherwise be
    /// used to attack other machines.
    static func isLoopback(_ text: String) -> Bool {
        guard isHTTP(text), let host = URL(string: text)?.host() else { return false }
        return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host.lowercased())
    }

    /// The URL with additional parameters, after the existing parameters and before the fragment.
    static func adding(_ parameters: [(String, String)], to url: String) -> String {
        let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let address = String(parts[0])
        let separator = !address.contains("?") ? "?" : address.hasSuffix("?") || address.hasSuffix("&") ? "" : "&"
        let query = parameters.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
        return address + separator + query + (parts.count > 1 ? "#\(parts[1])" : "")
    }

    /// Percent-encodes all characters except the unreserved characters of RFC 3986.
    static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
