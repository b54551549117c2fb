package import Deliveries

/// The proxies and load balancers that may name the client's address. The setting applies to all sources.
package struct TrustedProxies: Sendable, Equatable {
    /// The way a trusted proxy names the client. Only one way is accepted, because a proxy passes on all other headers
    /// unchanged from the client.
    package enum Announcement: String, Sendable, CaseIterable {
        case xForwardedFor = "x-forwarded-for"
        /// The `Forwarded` header (RFC 7239).
        case forwarded
        /// The PROXY protocol, version 1 or 2. Each connection from a trusted proxy must begin with a PROXY header.
        case proxyProtocol = "proxy-protocol"
    }

    package var addresses: [AddressRange]
    package var announcement: Announcement

    package init(_ addresses: [AddressRange] = [], announcement: Announcement = .xForwardedFor) {
        self.addresses = addresses
        self.announcement = announcement
    }

    func contain(_ address: NetworkAddress) -> Bool {
        addresses.contains { $0.contains(address) }
    }

    /// The address of the client behind trusted proxies: the last hop that is not a trusted proxy. Earlier hops are not
    /// trusted, because the client can forge them.
    ///
    /// - Parameters:
    ///   - lines: the values of the header lines that `announcement` names, in order.
    ///   - peer: the address of the proxy that opened the connection.
    /// - Returns: nil if the hop that names the client is not an address, such as `unknown` or an obfuscated
    ///   identifier.
    func client(in lines: [String], peer: String) -> String? {
        var client = peer
        for hop in hops(in: lines).reversed() {
            guard let text = Self.address(hop), let address = NetworkAddress(text) else { return nil }
            client = text
            if !contain(address) { break }
        }
        return client
    }

    /// The maximum number of hops to parse. 64 KiB of header lines can contain tens of thousands of hops.
    private static let hopCountLimit = 64

    /// The last hops, at most `hopCountLimit`, in order.
    private func hops(in lines: [String]) -> [String] {
        let elements = lines.flatMap { Self.split($0[...].utf8, at: UInt8(ascii: ",")) }.filter { !$0.isEmpty }
            .suffix(Self.hopCountLimit)
        guard announcement == .forwarded else { return elements.map { String(Substring($0)) } }
        return elements.map { element in
            let parameters = Self.split(element, at: UInt8(ascii: ";")).compactMap { text -> String? in
                guard let mark = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
                let isFor = String(Substring(text[..<mark])).matchesIgnoringASCIICase("for")
                return isFor ? String(Substring(text[text.index(after: mark)...])) : nil
            }
            // An element without `for` hides the client (RFC 7239 §4).
            return parameters.count == 1 ? parameters[0] : "unknown"
        }
    }

    /// Splits a header at each separator outside quoted strings (RFC 9110 §5.6.4). Trims blanks around each part.
    private static func split(_ text: Substring.UTF8View, at separator: UInt8) -> [Substring.UTF8View] {
        var (isQuoted, isEscaped) = (false, false)
        return text.split(omittingEmptySubsequences: false) { byte in
            if !isQuoted && byte == separator { return true }
            if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && !isEscaped && byte == UInt8(ascii: "\\")
            return false
        }.map { part in
            let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
            let start = part.drop(while: isBlank)
            let end = start.lastIndex { !isBlank($0) }
            return end.map { start[...$0] } ?? start
        }
    }

    /// Parses `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`, with or without
    /// quotes. Nil for any other text.
    private static func address(_ text: String) -> String? {
        var node = text[...]
        if node.utf8.count >= 2, node.hasPrefix("\""), node.hasSuffix("\"") { node = node.dropFirst().dropLast() }
        if node.hasPrefix("[") {
            guard let end = node.firstIndex(of: "]"), isPort(node[node.index(after: end)...]) else { return nil }
            return String(node[..<end].dropFirst())
        }
        guard let colon = node.firstIndex(of: ":"), node.lastIndex(of: ":") == colon else {
            return String(node)
        }
        return isPort(node[colon...]) ? String(node[..<colon]) : nil
    }

    /// True for an empty string or a colon and a port. The port may be obfuscated: `:80`, `:_a1` (RFC 7239 §6).
    private static func isPort(_ text: Substring) -> Bool {
        guard !text.isEmpty else { return true }
        return text.hasPrefix(":") && text.utf8.count > 1
            && text.utf8.dropFirst().allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
