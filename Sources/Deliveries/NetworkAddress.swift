/// An IP address, of either version; an IPv4 address counts as the IPv6 address it is mapped to (RFC 4291 §2.5.5.2).
package struct NetworkAddress: Hashable, Sendable {
    /// Sixteen bytes.
    let bytes: [UInt8]

    /// `18.230.43.17`, `2001:db8::1`, `::ffff:18.230.43.17`; nil for anything else, ports and zones included.
    package init?(_ text: some StringProtocol) {
        if let quad = Self.quad(text[...]) {
            self.bytes = [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + quad
            return
        }
        guard text.utf8.count <= 45, let bytes = Self.groups(String(text)) else { return nil }
        self.bytes = bytes
    }

    /// The IPv4 address, or the /64 that the IPv6 address is in: the least that one sender has to itself. Limits per
    /// address count by it.
    package var subnet: UInt64 {
        let isIPv4 = bytes.starts(with: [UInt8](repeating: 0, count: 10) + [0xff, 0xff])
        return (isIPv4 ? bytes[8...] : bytes[..<8]).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func quad(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // A leading zero means octal to some readers.
            guard part.count == 1 || part.count <= 3 && part.first != UInt8(ascii: "0"),
                let value = DecimalText.nonNegative(part), value <= 255
            else { return nil }
            bytes.append(UInt8(value))
        }
        return bytes
    }

    private static func groups(_ text: String) -> [UInt8]? {
        guard let gap = text.firstRange(of: "::") else {
            return side(text[...]).flatMap { $0.count == 16 ? $0 : nil }
        }
        let rest = text[gap.upperBound...]
        guard let before = side(text[..<gap.lowerBound], mayEndInQuad: false), let after = side(rest),
            before.count + after.count <= 14
        else {
            return nil
        }
        return before + [UInt8](repeating: 0, count: 16 - before.count - after.count) + after
    }

    /// The bytes of groups between colons; the last of an address may be an IPv4 address.
    private static func side(_ text: Substring, mayEndInQuad: Bool = true) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if mayEndInQuad, index == parts.count - 1, let quad = quad(part) {
                bytes += quad
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ Hex.nibble($0) != nil }),
                let value = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(value >> 8), UInt8(value & 0xff)]
        }
        return bytes.count <= 16 ? bytes : nil
    }
}

/// An address, or all that share its first bits: `18.230.43.17`, `10.0.0.0/8`, `2001:db8::/32`.
package struct AddressRange: Hashable, Sendable {
    private let start: NetworkAddress
    private let bitCount: Int

    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let start = NetworkAddress(first) else { return nil }
        let isIPv4 = !first.contains(":")
        var bitCount = 128
        if parts.count == 2 {
            guard parts[1].utf8.count <= 3, let number = DecimalText.nonNegative(parts[1].utf8),
                number <= (isIPv4 ? 32 : 128)
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
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xff << (8 - rest))
        return start.bytes[whole] & mask == address.bytes[whole] & mask
    }
}
