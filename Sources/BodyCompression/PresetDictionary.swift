internal import CSystemZlib

/// Bytes to which a zlib stream can refer from its start (RFC 1950 §2.2): the common text of the bodies of a type. A
/// dictionary is kept as long as its bodies, because a stream can only be decompressed with the same dictionary.
package struct PresetDictionary: Sendable, Equatable {
    /// The maximum length in bytes that zlib can use: its window of 32,768 bytes minus 262 bytes of lookahead.
    package static let byteCountLimit = 32_768 - 262

    /// The bytes, at least 1 and at most `byteCountLimit`. The most useful bytes are last, because shorter distances
    /// take fewer bits.
    package let bytes: [UInt8]
    /// The Adler-32 of `bytes`, which is the DICTID of a stream.
    package let checksum: UInt32

    /// Nil if `bytes` is empty or longer than `byteCountLimit`.
    package init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.count <= Self.byteCountLimit else { return nil }
        self.bytes = bytes
        self.checksum = bytes.withUnsafeBufferPointer { buffer in
            UInt32(truncatingIfNeeded: adler32(1, buffer.baseAddress, UInt32(truncatingIfNeeded: buffer.count)))
        }
    }
}
