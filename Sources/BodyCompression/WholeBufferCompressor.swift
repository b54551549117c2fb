internal import CSystemDeflate

/// Compresses bodies with libdeflate: zlib's format in a third of its time, because it works on whole texts. It
/// supports no preset dictionaries and does not compress texts shorter than about 50 bytes (docs/decisions/0022).
///
/// Safe to share: each compression borrows its own state. A state takes 200 KB at level 1; up to 16 are kept.
package final class WholeBufferCompressor: BodyCompressor {
    package var dictionary: PresetDictionary? { nil }

    private let level: Int32
    private let idle = StreamPool<DeflateState>()

    /// - Parameter level: clamped to 1 to 12.
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

/// libdeflate's state during a compression.
///
/// `@unchecked Sendable`: `StreamPool` lends a state to one borrower at a time.
private final class DeflateState: @unchecked Sendable {
    private let state: OpaquePointer

    /// Nil if there is no memory.
    init?(level: Int32) {
        guard let state = libdeflate_alloc_compressor(level) else { return nil }
        self.state = state
    }

    deinit {
        libdeflate_free_compressor(state)
    }

    /// The compressed bytes, or nil if they do not fit in `byteCountLimit`.
    func compressWhole(_ bytes: [UInt8], into byteCountLimit: Int) -> [UInt8]? {
        let compressed = [UInt8](unsafeUninitializedCapacity: byteCountLimit) { output, count in
            count = bytes.withUnsafeBytes { input in
                libdeflate_zlib_compress(state, input.baseAddress, input.count, output.baseAddress, byteCountLimit)
            }
        }
        return compressed.isEmpty ? nil : compressed
    }
}
