/// A time-ordered identifier (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random bits.
///
/// Identifies a delivery in all archives, because a position is only valid within one journal.
package struct UUIDv7: Hashable, Sendable {
    /// The identifier as sixteen bytes in network order.
    package let bytes: [UInt8]

    /// Creates an identifier for `time` with random bits from `generator`.
    package init(at time: Timestamp, using generator: inout some RandomNumberGenerator) {
        let milliseconds = UInt64(bitPattern: time.millisecondsSinceEpoch) & 0xffff_ffff_ffff
        let high = milliseconds << 16 | 0x7000 | (generator.next() & 0x0fff)
        let low = (generator.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
        self.bytes = [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            count = 16
        }
    }

    /// An identifier from storage; nil unless there are exactly sixteen bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }
}

extension UUIDv7: CustomStringConvertible {
    package var description: String {
        let text = Hex.encode(bytes)
        var parts: [Substring] = []
        var rest = text[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }
}
