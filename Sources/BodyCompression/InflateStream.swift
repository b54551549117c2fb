internal import CSystemZlib

/// A zlib stream that decompresses one stored text after another. Takes 40 KB of memory.
///
/// `@unchecked Sendable`: `StreamPool` lends a stream to one borrower at a time.
final class InflateStream: @unchecked Sendable {
    /// The maximum number of bytes to which one byte expands. A match that takes two bits can represent 258 bytes
    /// (zlib.net/zlib_tech.html).
    private static let expansionLimit = 1032

    /// At a fixed address, because zlib checks that its stream has not moved.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil if zlib cannot allocate memory.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    }

    deinit {
        // If zlib failed to initialize the stream, the stream owns no memory, and inflateEnd returns an error.
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses exactly `byteCount` bytes, or at most `byteCount` bytes if `isExact` is false. Afterwards the
    /// stream is ready for the next text.
    ///
    /// Precondition: both counts are from 0 to `UInt32.max` - 1.
    func inflateWhole(
        _ stored: [UInt8], byteCount: Int, isExact: Bool = true, dictionary: PresetDictionary?
    ) throws(ZlibDecompressor.Failure) -> [UInt8] {
        defer { inflateReset(stream) }
        // Allows one byte more than expected, to detect a longer stream. The expansion limit bounds the memory if the
        // byte count is wrong.
        let capacity = min(byteCount, stored.count * Self.expansionLimit) + 1
        var status = Z_OK
        var failure: ZlibDecompressor.Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            stored.withUnsafeBufferPointer { input in
                // zlib does not write through next_in, although the type of next_in is not const.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(capacity)
                status = inflate(stream, Z_FINISH)
                guard status == Z_NEED_DICT else { return }
                failure = prime(with: dictionary)
                if failure == nil { status = inflate(stream, Z_FINISH) }
            }
            count = capacity - Int(stream.pointee.avail_out)
        }
        if let failure { throw failure }
        switch status {
        case Z_STREAM_END:
            guard bytes.count == byteCount || !isExact && bytes.count < byteCount, stream.pointee.avail_in == 0 else {
                throw .wrongByteCount
            }
            return bytes
        case Z_MEM_ERROR: throw .outOfMemory
        case Z_BUF_ERROR where stream.pointee.avail_out == 0: throw .wrongByteCount
        default: throw .damaged
        }
    }

    /// Loads the dictionary that the header of the stream requires.
    private func prime(with dictionary: PresetDictionary?) -> ZlibDecompressor.Failure? {
        guard let dictionary else { return .needsDictionary }
        guard stream.pointee.adler == UInt(dictionary.checksum) else { return .wrongDictionary }
        let status = dictionary.bytes.withUnsafeBufferPointer { bytes in
            inflateSetDictionary(stream, bytes.baseAddress, UInt32(truncatingIfNeeded: bytes.count))
        }
        switch status {
        case Z_OK: return nil
        case Z_MEM_ERROR: return .outOfMemory
        default: return .wrongDictionary
        }
    }
}
