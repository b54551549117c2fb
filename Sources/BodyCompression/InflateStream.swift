internal import CSystemZlib

/// A zlib stream that opens one stored text after another. Takes 40 KB.
///
/// `@unchecked Sendable`: the state behind the pointer is touched by one borrower at a time, for `ZlibDecompressor` hands
/// a stream out under its pool's lock and takes it back when the work is done.
final class InflateStream: @unchecked Sendable {
    /// How many bytes one byte of deflate's can stand for: 258 for a match of two bits (zlib.net/zlib_tech.html).
    private static let expansionLimit = 1032

    /// At a fixed address, for zlib checks that its stream has not moved.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil where zlib has no memory.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    }

    deinit {
        // Rejects a stream that was never begun, which has nothing to let go of.
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The bytes that `stored` holds: `byteCount` of them, or at most so many. Leaves the stream ready for the next text.
    ///
    /// Both counts are below `UInt32.max` and not negative.
    func inflateWhole(
        _ stored: [UInt8], byteCount: Int, isExact: Bool = true, dictionary: PresetDictionary?
    ) throws(ZlibDecompressor.Failure) -> [UInt8] {
        defer { inflateReset(stream) }
        // One byte more than announced, so that a longer stream shows itself; no more than the stream can ever fill.
        let capacity = min(byteCount, stored.count * Self.expansionLimit) + 1
        var status = Z_OK
        var failure: ZlibDecompressor.Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
            stored.withUnsafeBufferPointer { input in
                // zlib does not write through next_in; its type is from before const.
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

    /// Takes in the dictionary that the stream's header asks for.
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
