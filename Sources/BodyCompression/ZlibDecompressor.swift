/// Decompresses zlib streams.
package enum ZlibDecompressor {
    package enum Failure: Error, Equatable {
        /// The bytes are not a zlib stream, or they are damaged.
        case damaged
        /// The stream contains more or fewer bytes than expected.
        case wrongByteCount
        /// The stream needs a preset dictionary that was not passed.
        case needsDictionary
        /// The stream needs another preset dictionary, or its DICTID is damaged.
        case wrongDictionary
        case outOfMemory
    }

    private static let idle = StreamPool<InflateStream>()

    /// Decompresses exactly `byteCount` bytes. Never writes more, even if the stream is damaged. Ignores a dictionary
    /// that the stream does not need.
    package static func decompress(
        _ stored: [UInt8], byteCount: Int, dictionary: PresetDictionary? = nil
    ) throws(Failure) -> [UInt8] {
        try withStream(for: stored, byteCount) { stream throws(Failure) in
            try stream.inflateWhole(stored, byteCount: byteCount, dictionary: dictionary)
        }
    }

    /// Decompresses an unknown number of bytes, at most `byteCountLimit`.
    package static func decompress(
        _ stored: [UInt8], byteCountLimit: Int, dictionary: PresetDictionary? = nil
    ) throws(Failure) -> [UInt8] {
        try withStream(for: stored, byteCountLimit) { stream throws(Failure) in
            // Starts with little room, because most texts are short. A longer text is decompressed again with more
            // room.
            var room = min(4096, byteCountLimit)
            while true {
                do throws(Failure) {
                    return try stream.inflateWhole(stored, byteCount: room, isExact: false, dictionary: dictionary)
                } catch .wrongByteCount where room < byteCountLimit {
                    room = min(room * 8, byteCountLimit)
                }
            }
        }
    }

    private static func withStream(
        for stored: [UInt8], _ byteCount: Int, _ body: (InflateStream) throws(Failure) -> [UInt8]
    ) throws(Failure) -> [UInt8] {
        guard (0..<Int(UInt32.max)).contains(byteCount), stored.count < Int(UInt32.max) else { throw .wrongByteCount }
        guard let bytes = try idle.withStream(orNew: InflateStream(), body) else { throw .outOfMemory }
        return bytes
    }
}
