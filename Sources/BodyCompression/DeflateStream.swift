internal import CSystemZlib

/// A zlib stream that compresses one whole text after another.
///
/// With a dictionary there are two: one that has taken the dictionary in and never moves on, and the copy of it that
/// compresses. Copying costs a tenth of taking the dictionary in anew: docs/decisions/0011 has the figures.
///
/// `@unchecked Sendable`: the state behind the pointers is touched by one borrower at a time, for `ZlibCompressor` hands
/// a stream out under its pool's lock and takes it back when the work is done.
final class DeflateStream: @unchecked Sendable {
    /// What `deflateInit2` takes.
    struct Settings: Sendable {
        let level: Int32
        let windowBits: Int32
        let memoryLevel: Int32
    }

    private let blocks = RecycledBlocks()
    private let isPrimed: Bool
    /// At fixed addresses, for zlib checks that its stream has not moved.
    private let origin: UnsafeMutablePointer<z_stream>
    private let copy: UnsafeMutablePointer<z_stream>

    /// Nil where zlib takes the settings for invalid or has no memory.
    init?(_ settings: Settings, dictionary: PresetDictionary?) {
        isPrimed = dictionary != nil
        origin = .allocate(capacity: 1)
        copy = .allocate(capacity: 1)
        origin.initialize(to: blocks.emptyStream())
        copy.initialize(to: z_stream())
        // Where these fail, deinit still runs: every stored property has its value.
        let status = deflateInit2_(
            origin, settings.level, Z_DEFLATED, settings.windowBits, settings.memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { return nil }
        if let dictionary {
            let status = dictionary.bytes.withUnsafeBufferPointer { bytes in
                deflateSetDictionary(origin, bytes.baseAddress, UInt32(truncatingIfNeeded: bytes.count))
            }
            guard status == Z_OK else { return nil }
        }
    }

    deinit {
        // Rejects a stream that was never begun, which has nothing to let go of.
        deflateEnd(origin)
        origin.deallocate()
        copy.deallocate()
    }

    /// The compressed bytes where they fit in `byteCountLimit`, else nil. Leaves the stream ready for the next text.
    func deflateWhole(_ bytes: [UInt8], into byteCountLimit: Int) -> [UInt8]? {
        guard bytes.count < Int(UInt32.max) else { return nil }
        guard isPrimed else {
            defer { deflateReset(origin) }
            return Self.deflateWhole(bytes, into: byteCountLimit, origin)
        }
        guard deflateCopy(copy, origin) == Z_OK else { return nil }
        defer { deflateEnd(copy) }
        return Self.deflateWhole(bytes, into: byteCountLimit, copy)
    }

    private static func deflateWhole(
        _ bytes: [UInt8], into byteCountLimit: Int, _ stream: UnsafeMutablePointer<z_stream>
    ) -> [UInt8]? {
        var isComplete = false
        let compressed = [UInt8](unsafeUninitializedCapacity: byteCountLimit) { output, count in
            bytes.withUnsafeBufferPointer { input in
                // zlib does not write through next_in; its type is from before const.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(byteCountLimit)
                isComplete = deflate(stream, Z_FINISH) == Z_STREAM_END
            }
            count = isComplete ? byteCountLimit - Int(stream.pointee.avail_out) : 0
        }
        return isComplete ? compressed : nil
    }
}
