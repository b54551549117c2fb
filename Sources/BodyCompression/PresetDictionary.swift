internal import CSystemZlib

/// Bytes that a zlib stream may refer back to before it has said anything itself (RFC 1950 §2.2): what most bodies of
/// a type have in common. A stream made with one opens only with the very same one, so it lives as long as the bodies.
package struct PresetDictionary: Sendable, Equatable {
    /// How many bytes zlib can use: its window of 32,768 bytes less the 262 that it keeps free for looking ahead.
    package static let byteCountLimit = 32_768 - 262

    /// At least one, at most `byteCountLimit`. The most useful ones come last, for a near match is cheaper than a far one.
    package let bytes: [UInt8]
    /// The Adler-32 of `bytes`, which a stream names as its DICTID.
    package let checksum: UInt32

    /// Nil where there are no bytes, or more than `byteCountLimit`.
    package init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count <= Self.byteCountLimit else { return nil }
        self.bytes = bytes
        self.checksum = bytes.withUnsafeBufferPointer { buffer in
            UInt32(truncatingIfNeeded: adler32(1, buffer.baseAddress, UInt32(truncatingIfNeeded: buffer.count)))
        }
    }
}
