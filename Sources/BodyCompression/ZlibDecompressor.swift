/// Opens zlib streams.
package enum ZlibDecompressor {
    /// Why stored bytes did not open.
    package enum Failure: Error, Equatable {
        /// Not a zlib stream, or one that was damaged.
        case damaged
        /// It holds more or fewer bytes than were announced.
        case wrongByteCount
        /// It was made with a preset dictionary, and none was given.
        case needsDictionary
        /// It was made with another preset dictionary than the one given, or its DICTID was damaged.
        case wrongDictionary
        case outOfMemory
    }

    private static let idle = StreamPool<InflateStream>()

    /// The `byteCount` bytes that `stored` holds; never writes more than that, whatever the stream says.
    ///
    /// A dictionary that the stream does not ask for is left aside.
    package static func decompress(
        _ stored: [UInt8], byteCount: Int, dictionary: PresetDictionary? = nil
    ) throws(Failure) -> [UInt8] {
        guard byteCount >= 0, byteCount < Int(UInt32.max), stored.count < Int(UInt32.max) else { throw .wrongByteCount }
        guard let stream = idle.borrow() ?? InflateStream() else { throw .outOfMemory }
        defer { idle.giveBack(stream) }
        return try stream.inflateWhole(stored, byteCount: byteCount, dictionary: dictionary)
    }

    /// The bytes that `stored` holds where their number is not on record; never more than `byteCountLimit`.
    package static func decompress(
        _ stored: [UInt8], byteCountLimit: Int, dictionary: PresetDictionary? = nil
    ) throws(Failure) -> [UInt8] {
        guard byteCountLimit >= 0, byteCountLimit < Int(UInt32.max), stored.count < Int(UInt32.max) else {
            throw .wrongByteCount
        }
        guard let stream = idle.borrow() ?? InflateStream() else { throw .outOfMemory }
        defer { idle.giveBack(stream) }
        // Room for a short text first; more only where that was not enough.
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
