internal import Deliveries

/// A host, or all hosts below a domain: `api.example.com`, `*.example.com`.
package struct HostPattern: Sendable, Equatable {
    /// The host in lower case and without a trailing dot. Starts with a dot if it represents all hosts below a domain.
    private let text: String

    /// Nil for a string with a scheme, a port, a path or another `*`.
    init?(_ text: String) {
        let isDomain = text.hasPrefix("*.")
        let name = Self.normal(isDomain ? String(text.dropFirst(2)) : text)
        let isHost = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"*/:@?#[]".utf8.contains($0) }
        guard !name.isEmpty, isHost || !isDomain && NetworkAddress(name) != nil else { return nil }
        self.text = isDomain ? "." + name : name
    }

    package func matches(_ host: String) -> Bool {
        let host = Self.normal(host)
        return text.hasPrefix(".") ? host.hasSuffix(text) : host == text
    }

    /// Normalises a host: removes the last dot of `api.example.com.` and the brackets of `[::1]`.
    private static func normal(_ host: String) -> String {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
