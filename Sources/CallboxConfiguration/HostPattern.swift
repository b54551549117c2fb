internal import Deliveries

/// A host, or all hosts below a domain: `api.example.com`, `*.example.com`.
package struct HostPattern: Sendable, Equatable {
    /// In lower case, without a dot at its end; starts with a dot if it means all hosts below a domain.
    private let text: String

    /// Nil for texts with a scheme, a port, a path or another `*`.
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

    /// Normalises a host: `api.example.com.` is the same host without the last dot, and `[::1]` the same address
    /// without brackets.
    private static func normal(_ host: String) -> String {
        var host = host.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        return host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}
