import BodyCompression
import TestKit
import Testing

@Suite("Preset dictionaries")
struct PresetDictionaryTests {
    @Test("a dictionary has 1 to 32,506 bytes", arguments: [1, 2, 8, 32_505, 32_506])
    func accepted(byteCount: Int) throws {
        let bytes = TestBody.compressible(byteCount)
        #expect(try #require(PresetDictionary(bytes)).bytes == bytes)
    }

    @Test("a dictionary of 0 bytes or more than 32,506 bytes is rejected", arguments: [0, 32_507, 32_768, 100_000])
    func rejected(byteCount: Int) {
        #expect(PresetDictionary(TestBody.compressible(byteCount)) == nil)
    }

    @Test("the checksum is the Adler-32, which is the DICTID of RFC 1950")
    func checksum() throws {
        #expect(try #require(PresetDictionary(Array("Wikipedia".utf8))).checksum == 0x11e6_0398)
    }

    @Test("the first byte of the longest dictionary can be used in a match")
    func farthest() throws {
        var generator = SplitMix64(seed: 5)
        let text = TestBody.incompressible(258)
        let rest = generator.bytes(PresetDictionary.byteCountLimit - text.count)
        let dictionary = try #require(PresetDictionary(text + rest))
        let stored = try #require(ZlibCompressor(dictionary: dictionary).compress(text))
        #expect(stored.count < 24)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: text.count, dictionary: dictionary) == text)
    }
}
