internal import CSystemZlib

/// Bodies with `Content-Encoding: gzip` or `deflate` (RFC 9110 §8.4.1).
package enum EncodedContent {
    /// The first bytes that an encoded body holds, also if the body is cut. Deflate is read with and without a zlib header, because
    /// servers send both.
    ///
    /// - Returns: at most `byteCountLimit` bytes; nil if not one byte can be decoded.
    package static func prefix(of encoded: [UInt8], byteCountLimit: Int) -> [UInt8]? {
        guard !encoded.isEmpty else { return [] }
        guard byteCountLimit > 0, byteCountLimit < Int(UInt32.max), encoded.count < Int(UInt32.max) else { return nil }
        // 47: a gzip or zlib header, whichever is there; -15: none (zlib.h, inflateInit2).
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
                // zlib does not write through next_in; its type is from before const.
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
