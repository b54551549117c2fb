internal import CSystemDeflate

/// Compresses bodies to zlib streams with libdeflate, which takes a third of zlib's time because it processes a text as
/// a whole. libdeflate does not support preset dictionaries and does not compress texts shorter than about 50 bytes
/// (docs/decisions/0022).
///
/// Safe to share: each compression borrows a state. A state takes 200 KB at level 1. Up to 16 states are kept.
package final class WholeBufferCompressor: BodyCompressor {
    package var dictionary: PresetDictionary? { nil }

    private let level: Int32
    private let idle = StreamPool<DeflateState>()

    /// - Parameter level: the compression level, clamped to the range 1 to 12.
    package init(level: Int) {
        self.level = Int32(min(max(level, 1), 12))
    }

    package func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 8 else { return nil }
        return idle.withStream(orNew: DeflateState(level: level)) {
            $0.compressWhole(bytes, into: bytes.count - 1)
        } ?? nil
    }
}

/// The state of libdeflate during a compression.
///
/// `@unchecked Sendable`: `StreamPool` lends a state to one borrower at a time.
private final class DeflateState: @unchecked Sendable {
    private let state: OpaquePointer

    /// Nil if memory allocation fails.
    init?(level: Int32) {
        guard let state = libdeflate_alloc_compressor(level) else { return nil }
        self.state = state
    }

    deinit {
        libdeflate_free_compressor(state)
    }

    /// The compressed bytes; nil if they exceed `byteCountLimit`.
    func compressWhole(_ bytes: [UInt8], into byteCountLimit: Int) -> [UInt8]? {
        let compressed = [UInt8](unsafeUninitializedCapacity: byteCountLimit) { output, count in
            count = bytes.withUnsafeBytes { input in
                libdeflate_zlib_compress(state, input.baseAddress, input.count, output.baseAddress, byteCountLimit)
            }
        }
        return compressed.isEmpty ? nil : compressed
    }
}
