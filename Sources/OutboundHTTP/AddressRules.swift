package import Deliveries

/// The addresses to which requests may be sent. Addresses are checked after resolution, so the same rules apply to a
/// host name, `0x7f.1`, `2130706433` and `127.0.0.1`.
package struct AddressRules: Sendable, Equatable {
    package var allowsLoopback = true
    package var allowsPrivate = false

    /// The rules for URLs that a person enters. They allow this machine and the Internet.
    package static let named = AddressRules()
    /// The rules for URLs that a response contains.
    package static let publicOnly = AddressRules(allowsLoopback: false)
    /// The rules for the configured URLs of a provider's API. They also allow private networks, because the API may be
    /// a test server there.
    package static let configured = AddressRules(allowsPrivate: true)

    package init(allowsLoopback: Bool = true, allowsPrivate: Bool = false) {
        self.allowsLoopback = allowsLoopback
        self.allowsPrivate = allowsPrivate
    }

    /// The reason why requests are not sent to an address.
    package enum Rejection: String, Sendable, Equatable {
        case loopback = "an address of this machine"
        case `private` = "a private address"
        case linkLocal = "a link-local address"
        case metadata = "the address of a cloud metadata service"
        case reserved = "not the address of a single host"
    }

    /// The reason why requests are not sent to this address; nil if they may be sent.
    package func rejection(of address: NetworkAddress) -> Rejection? {
        switch AddressKind.of(address) {
        case .public: nil
        case .loopback: allowsLoopback ? nil : .loopback
        case .private: allowsPrivate ? nil : .private
        case .never(let rejection): rejection
        }
    }
}

/// The kinds of addresses (IANA special-purpose registries, RFC 6890).
enum AddressKind: Equatable {
    case `public`, loopback, `private`
    case never(AddressRules.Rejection)

    /// The ranges and their kinds. If several ranges contain an address, the kind of the first range applies.
    private static let ranges: [(range: AddressRange, kind: AddressKind)] = [
        ("169.254.0.0/16", .never(.linkLocal)), ("fe80::/10", .never(.linkLocal)),
        // The metadata services of AWS, Google Cloud, Alibaba Cloud, Azure and Oracle Cloud.
        ("fd00:ec2::/32", .never(.metadata)), ("fd20:ce::254", .never(.metadata)),
        ("100.100.100.200", .never(.metadata)), ("168.63.129.16", .never(.metadata)),
        ("192.0.0.0/24", .never(.metadata)),
        ("127.0.0.0/8", .loopback), ("::1", .loopback),
        ("10.0.0.0/8", .private), ("172.16.0.0/12", .private), ("192.168.0.0/16", .private),
        ("100.64.0.0/10", .private), ("198.18.0.0/15", .private), ("fc00::/7", .private), ("fec0::/10", .private),
        ("0.0.0.0/8", .never(.reserved)), ("224.0.0.0/3", .never(.reserved)), ("ff00::/8", .never(.reserved)),
        // Addresses with a local NAT64 prefix (RFC 8215) are rejected, because only the local network knows the offset
        // of the IPv4 address in them.
        ("64:ff9b:1::/48", .never(.reserved)),
    ].compactMap { text, kind in AddressRange(text).map { ($0, kind) } }

    /// The ranges of IPv6 addresses that contain an IPv4 address, and the byte at which it starts: NAT64 (RFC 6052),
    /// 6to4 (RFC 3056), IPv4-translated (RFC 2765), IPv4-compatible (RFC 4291 §2.5.5.1). A mapped address is handled as
    /// the IPv4 address itself.
    private static let embeddings: [(range: AddressRange, start: Int)] = [
        ("64:ff9b::/96", 12), ("2002::/16", 2), ("::ffff:0:0:0/96", 12), ("::/96", 12),
    ].compactMap { text, start in AddressRange(text).map { ($0, start) } }

    /// Teredo addresses (RFC 4380) contain the IPv4 address with all bits inverted.
    private static let teredo = AddressRange("2001::/32")

    static func of(_ address: NetworkAddress) -> AddressKind {
        if let found = ranges.first(where: { $0.range.contains(address) }) { return found.kind }
        let bytes = address.bytes
        var embedded = embeddings.first { $0.range.contains(address) }.map { Array(bytes[$0.start..<$0.start + 4]) }
        if teredo?.contains(address) == true { embedded = bytes[12...].map(~) }
        guard let embedded, let inner = NetworkAddress(ipv4: embedded) else { return .public }
        switch of(inner) {
        case .public: return .public
        case .private: return .private
        // Another host extracts the IPv4 address, so an embedded loopback address does not mean this machine.
        case .loopback: return .never(.reserved)
        case .never(let rejection): return .never(rejection)
        }
    }
}
