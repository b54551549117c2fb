#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// An IP address. An IPv4 address equals the IPv6 address to which it is mapped (RFC 4291 §2.5.5.2).
package struct NetworkAddress: Hashable, Sendable {
    private static let mappedPrefix: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]

    /// The address as sixteen bytes in network order.
    package let bytes: [UInt8]

    /// Parses `18.230.43.17`, `2001:db8::1` and `::ffff:18.230.43.17`. Nil for other strings, including addresses with
    /// a port or zone.
    package init?(_ text: some StringProtocol) {
        // Rejects NUL, because it would end the C string that is parsed below.
        guard (1...45).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        let text = String(text)
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.bytes = Self.mappedPrefix + bytes.prefix(4)
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    /// The IPv4 address of four bytes; nil for any other number of bytes.
    package init?(ipv4 bytes: [UInt8]) {
        guard bytes.count == 4 else { return nil }
        self.bytes = Self.mappedPrefix + bytes
    }

    /// The address as text, such as `18.230.43.17` or `2001:db8:0:0:0:0:0:1`.
    package var text: String {
        if bytes.starts(with: Self.mappedPrefix) { return bytes[12...].map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }

    /// The key for limits per address: the IPv4 address, or the /64 of the IPv6 address, which is the smallest network
    /// that one sender controls.
    package var subnet: UInt64 {
        (bytes.starts(with: Self.mappedPrefix) ? bytes[8...] : bytes[..<8]).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// A single address or a range of addresses: `18.230.43.17`, `10.0.0.0/8`, `2001:db8::/32`.
package struct AddressRange: Hashable, Sendable {
    private let start: NetworkAddress
    private let bitCount: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let start = NetworkAddress(first) else { return nil }
        let isIPv4 = !first.contains(":")
        var bitCount = 128
        if parts.count == 2 {
            guard let number = DecimalText.nonNegative(parts[1].utf8), number <= (isIPv4 ? 32 : 128),
                parts[1].utf8.count <= 3
            else { return nil }
            bitCount = Int(number) + (isIPv4 ? 96 : 0)
        }
        self.start = start
        self.bitCount = bitCount
    }

    package func contains(_ address: NetworkAddress) -> Bool {
        let whole = bitCount / 8
        guard start.bytes[..<whole] == address.bytes[..<whole] else { return false }
        let rest = bitCount % 8
        return rest == 0 || (start.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0
    }
}
