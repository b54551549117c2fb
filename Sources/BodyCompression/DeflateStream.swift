internal import CSystemZlib

/// A zlib stream that compresses one whole text after another.
///
/// With a dictionary there are two zlib streams. `origin` only loads the dictionary. For each text, `copy` becomes a
/// copy of `origin` and compresses the text. Copying takes a tenth of the time of loading the dictionary again
/// (docs/decisions/0011).
///
/// `@unchecked Sendable`: `StreamPool` lends a stream to one borrower at a time.
final class DeflateStream: @unchecked Sendable {
    /// The arguments of `deflateInit2`.
    struct Settings: Sendable {
        let level: Int32
        let windowBits: Int32
        let memoryLevel: Int32
    }

    private let blocks = RecycledBlocks()
    private let isPrimed: Bool
    /// Allocated at a fixed address, because zlib checks that its stream has not moved.
    private let origin: UnsafeMutablePointer<z_stream>
    private let copy: UnsafeMutablePointer<z_stream>

    /// Nil if zlib rejects the settings or cannot allocate memory.
    init?(_ settings: Settings, dictionary: PresetDictionary?) {
        isPrimed = dictionary != nil
        origin = .allocate(capacity: 1)
        copy = .allocate(capacity: 1)
        origin.initialize(to: blocks.emptyStream())
        copy.initialize(to: z_stream())
        // All stored properties are initialized, so deinit runs even if zlib fails below.
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
        // If zlib failed to initialize the stream, the stream owns no memory, and deflateEnd returns an error.
        deflateEnd(origin)
        origin.deallocate()
        copy.deallocate()
    }

    /// The compressed bytes; nil if they exceed `byteCountLimit`. Afterwards the stream is ready for the next text.
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
                // zlib does not write through next_in, although the type of next_in is not const.
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
