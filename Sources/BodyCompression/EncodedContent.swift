internal import CSystemZlib

/// Decodes bodies with `Content-Encoding: gzip` or `deflate` (RFC 9110 §8.4.1).
package enum EncodedContent {
    /// A content coding. A gzip body may have several members.
    package enum Coding: String, Sendable {
        case gzip, deflate

        /// The values of windowBits to try (zlib.h, inflateInit2): 31 for a gzip header, 15 for a zlib header, -15 for
        /// no header. Senders use deflate with and without a zlib header.
        fileprivate var windowBits: [Int32] {
            self == .gzip ? [31] : [15, -15]
        }
    }

    package enum Failure: Error, Equatable {
        /// The body has another coding, is damaged, is cut off, or contains extra bytes at its end.
        case damaged
        /// The decoded body exceeds the limit.
        case tooLong
    }

    /// Decompresses a whole body. Allocates at most `byteCountLimit` bytes and one block of 64 KiB.
    package static func decode(_ encoded: [UInt8], _ coding: Coding, byteCountLimit: Int) throws(Failure) -> [UInt8] {
        guard encoded.count < Int(UInt32.max) else { throw .tooLong }
        var failure = Failure.damaged
        for windowBits in coding.windowBits {
            do throws(Failure) {
                return try decode(encoded, windowBits, byteCountLimit)
            } catch {
                // A body that is too long in one form is usually damaged in the other form. Therefore `tooLong` takes
                // precedence.
                if error == .tooLong { failure = .tooLong }
            }
        }
        throw failure
    }

    private static func decode(
        _ encoded: [UInt8], _ windowBits: Int32, _ byteCountLimit: Int
    ) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .damaged
        }
        defer { inflateEnd(&stream) }
        var decoded: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 64 * 1024)
        let result: Result<Void, Failure> = encoded.withUnsafeBufferPointer { input in
            // zlib does not write through next_in, although the type of next_in is not const.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            while true {
                let status = block.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(output.count)
                    return CSystemZlib.inflate(&stream, Z_NO_FLUSH)
                }
                let count = block.count - Int(stream.avail_out)
                guard decoded.count + count <= byteCountLimit else { return .failure(.tooLong) }
                decoded += block[..<count]
                switch status {
                case Z_STREAM_END where stream.avail_in == 0: return .success(())
                // A gzip body may have another member.
                case Z_STREAM_END where windowBits == 31:
                    guard inflateReset(&stream) == Z_OK else { return .failure(.damaged) }
                case Z_OK where count > 0 || stream.avail_in > 0: continue
                default: return .failure(.damaged)
                }
            }
        }
        try result.get()
        return decoded
    }

    /// The first decoded bytes of an encoded body, even if the body is cut off. Tries deflate with and without a zlib
    /// header, because servers send both.
    ///
    /// - Returns: at most `byteCountLimit` bytes; nil if no byte can be decoded.
    package static func prefix(of encoded: [UInt8], byteCountLimit: Int) -> [UInt8]? {
        guard !encoded.isEmpty else { return [] }
        guard byteCountLimit > 0, byteCountLimit < Int(UInt32.max), encoded.count < Int(UInt32.max) else { return nil }
        // The values of windowBits (zlib.h, inflateInit2): 47 detects a gzip or zlib header, -15 is for no header.
        for windowBits: Int32 in [47, -15] {
            let bytes = inflate(encoded, windowBits, byteCountLimit)
            if !bytes.isEmpty { return bytes }
        }
        return nil
    }

    private static func inflate(_ encoded: [UInt8], _ windowBits: Int32, _ byteCountLimit: Int) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return []
        }
        defer { inflateEnd(&stream) }
        return [UInt8](unsafeUninitializedCapacity: byteCountLimit) { output, count in
            encoded.withUnsafeBufferPointer { input in
                // zlib does not write through next_in, although the type of next_in is not const.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(byteCountLimit)
                _ = CSystemZlib.inflate(&stream, Z_SYNC_FLUSH)
            }
            count = byteCountLimit - Int(stream.avail_out)
        }
    }
}
