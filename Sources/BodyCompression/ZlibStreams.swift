internal import CSystemZlib
internal import Synchronization

/// Compresses bodies with zlib (RFC 1950), reusing its streams: making one costs more than a small body does.
///
/// Safe to share: each compression borrows a stream of its own.
package final class ZlibCompressor: Sendable {
    /// zlib's own default, and the knee of its curve for JSON: docs/decisions/0005 has the figures.
    package static let defaultLevel = 6

    private let level: Int32
    private let idle = Mutex<[DeflateStream]>([])

    package init(level: Int = ZlibCompressor.defaultLevel) {
        self.level = Int32(clamping: level)
    }

    /// The zlib stream for `bytes`, or nil where it would not be smaller, and where zlib has no memory for it.
    package func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 8 else { return nil }
        guard let stream = idle.withLock({ $0.popLast() }) ?? DeflateStream(level: level) else { return nil }
        let compressed = stream.deflateWhole(bytes, into: bytes.count - 1)
        idle.withLock { streams in
            if streams.count < 16 { streams.append(stream) }
        }
        return compressed
    }
}

/// Opens zlib streams.
package enum ZlibDecompressor {
    /// Why stored bytes did not open.
    package enum Failure: Error, Equatable {
        /// Not a zlib stream, or one that was damaged.
        case damaged
        /// It holds more or fewer bytes than were announced.
        case wrongByteCount
        case outOfMemory
    }

    /// The `byteCount` bytes that `stored` holds; never writes more than that, whatever the stream says.
    package static func decompress(_ stored: [UInt8], byteCount: Int) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .outOfMemory
        }
        defer { inflateEnd(&stream) }
        // One byte more than announced, so that a longer stream shows itself.
        guard byteCount >= 0, byteCount < Int(UInt32.max), stored.count < Int(UInt32.max) else { throw .wrongByteCount }
        var status = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount + 1) { output, count in
            stored.withUnsafeBufferPointer { input in
                // zlib does not write through next_in; its type is from before const.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(byteCount + 1)
                status = inflate(&stream, Z_FINISH)
            }
            count = byteCount + 1 - Int(stream.avail_out)
        }
        switch status {
        case Z_STREAM_END:
            guard bytes.count == byteCount, stream.avail_in == 0 else { throw .wrongByteCount }
            return bytes
        case Z_MEM_ERROR: throw .outOfMemory
        case Z_BUF_ERROR where stream.avail_out == 0: throw .wrongByteCount
        default: throw .damaged
        }
    }
}

/// A zlib stream that compresses one whole text after another.
///
/// `@unchecked Sendable`: the state behind the pointer is touched by one borrower at a time, for `ZlibCompressor` hands a
/// stream out under its lock and takes it back when the work is done.
private final class DeflateStream: @unchecked Sendable {
    /// At a fixed address, for zlib checks that its stream has not moved.
    private let stream: UnsafeMutablePointer<z_stream>

    init?(level: Int32) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard deflateInit_(stream, level, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The compressed bytes where they fit in `byteCountLimit`, else nil. Leaves the stream ready for the next text.
    func deflateWhole(_ bytes: [UInt8], into byteCountLimit: Int) -> [UInt8]? {
        defer { deflateReset(stream) }
        guard bytes.count < Int(UInt32.max) else { return nil }
        var isComplete = false
        let compressed = [UInt8](unsafeUninitializedCapacity: byteCountLimit) { output, count in
            bytes.withUnsafeBufferPointer { input in
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
