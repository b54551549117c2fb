/// Compresses bodies with zlib (RFC 1950), one level and at most one preset dictionary for all of them.
///
/// Safe to share: each compression borrows a stream of its own. A stream takes 268 KB at the defaults, twice that
/// with a dictionary; at most 16 are kept.
package final class ZlibCompressor: BodyCompressor {
    /// zlib's own default, and the knee of its curve for JSON; what dictionaries are tried at (docs/decisions/0005, 0011).
    package static let defaultLevel = 6
    /// The knee of the curve where a dictionary does the searching's work: docs/decisions/0011 has the figures.
    package static let levelWithDictionary = 3
    /// A window of 32,768 bytes, zlib's largest.
    package static let defaultWindowBits = 15
    /// zlib's own default: hash chains with 32,768 heads.
    package static let defaultMemoryLevel = 8

    package let dictionary: PresetDictionary?

    private let settings: DeflateStream.Settings
    private let idle = StreamPool<DeflateStream>()

    /// - Parameters:
    ///   - level: 0 to 9.
    ///   - dictionary: Its last `1 << windowBits` bytes less 262 can be referred to.
    ///   - windowBits: 9 to 15. Priming a small window is cheap, which counts for texts of a few hundred bytes.
    ///   - memoryLevel: 1 to 9. Below 4 the text is cut into more blocks, which costs both bytes and time.
    ///
    /// Anything outside its bounds is taken for the nearest inside.
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
        guard let stream = idle.borrow() ?? DeflateStream(settings, dictionary: dictionary) else { return nil }
        let compressed = stream.deflateWhole(bytes, into: bytes.count - 1)
        idle.giveBack(stream)
        return compressed
    }
}
