/// Compresses bodies with zlib (RFC 1950), at one level and with at most one preset dictionary.
///
/// Safe to share: each compression borrows a stream. A stream takes 268 KB with default settings, and twice as much
/// with a dictionary. Up to 16 streams are kept.
package final class ZlibCompressor: BodyCompressor {
    /// zlib's default level, the best compromise between size and time for JSON. Trials of dictionaries also use this
    /// compressor (docs/decisions/0005, 0011).
    package static let defaultLevel = 6
    /// The best compromise between size and time with a dictionary, because the dictionary replaces most of the search
    /// (docs/decisions/0011).
    package static let levelWithDictionary = 3
    /// The largest window of zlib: 32,768 bytes.
    package static let defaultWindowBits = 15
    /// zlib's default: hash chains with 32,768 heads.
    package static let defaultMemoryLevel = 8

    package let dictionary: PresetDictionary?

    private let settings: DeflateStream.Settings
    private let idle = StreamPool<DeflateStream>()

    /// Creates a compressor. Clamps the numbers to their ranges.
    ///
    /// - Parameters:
    ///   - level: 0 to 9.
    ///   - dictionary: only its last `1 << windowBits` bytes minus 262 are used.
    ///   - windowBits: 9 to 15. Loading a dictionary is faster with a small window, which matters for texts of a few
    ///     hundred bytes.
    ///   - memoryLevel: 1 to 9. With a value below 4 the text is split into more blocks, which costs bytes and time.
    package init(
        level: Int = ZlibCompressor.defaultLevel, dictionary: PresetDictionary? = nil,
        windowBits: Int = ZlibCompressor.defaultWindowBits, memoryLevel: Int = ZlibCompressor.defaultMemoryLevel
    ) {
        self.dictionary = dictionary
        self.settings = DeflateStream.Settings(
            level: Int32(min(max(level, 0), 9)), windowBits: Int32(min(max(windowBits, 9), 15)),
            memoryLevel: Int32(min(max(memoryLevel, 1), 9)))
    }

    package func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 8 else { return nil }
        return idle.withStream(orNew: DeflateStream(settings, dictionary: dictionary)) {
            $0.deflateWhole(bytes, into: bytes.count - 1)
        } ?? nil
    }
}
