import BodyCompression
import TestKit
import Testing

@Suite("Compressing with a preset dictionary")
struct DictionaryCompressionTests {
    private let dictionary = TestBody.dictionary

    @Test(
        "a body of any length is decompressed to the same bytes, with and without a dictionary",
        arguments: [0, 1, 8, 9, 100, 2048, 32_768, 64 * 1024, 1024 * 1024], [0, 1, 3, 6, 9])
    func roundTrip(byteCount: Int, level: Int) throws {
        let body = TestBody.compressible(byteCount)
        for dictionary in [nil, dictionary] {
            let compressor = ZlibCompressor(level: level, dictionary: dictionary)
            guard let stored = compressor.compress(body) else {
                #expect(byteCount < 128 || level == 0)
                continue
            }
            #expect(stored.count < body.count)
            let opened = try ZlibDecompressor.decompress(stored, byteCount: byteCount, dictionary: dictionary)
            // Casts to Bool, because a failed comparison of the arrays would print a megabyte.
            #expect((opened == body) as Bool)
        }
    }

    @Test("a suitable dictionary halves the stored bytes")
    func gain() throws {
        let with = ZlibCompressor(level: ZlibCompressor.levelWithDictionary, dictionary: dictionary)
        for number in 0..<20 {
            let body = TestBody.report(number)
            let plain = try #require(ZlibCompressor().compress(body))
            let stored = try #require(with.compress(body))
            #expect(stored.count * 2 < plain.count)
            #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count, dictionary: dictionary) == body)
        }
    }

    @Test("the header contains the window size and names the dictionary (RFC 1950 §2.2)", arguments: 9...15)
    func header(windowBits: Int) throws {
        let body = TestBody.report(1)
        let compressor = ZlibCompressor(dictionary: dictionary, windowBits: windowBits)
        let stored = try #require(compressor.compress(body))
        #expect(stored[0] == UInt8(windowBits - 8) << 4 | 8)
        #expect((UInt16(stored[0]) << 8 | UInt16(stored[1])).isMultiple(of: 31))
        #expect(stored[1] & 0x20 != 0)
        #expect(stored[2..<6].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } == dictionary.checksum)
    }

    @Test("texts are compressed correctly with small windows", arguments: 9...12, 1...4)
    func smallWindows(windowBits: Int, memoryLevel: Int) throws {
        let dictionary = try #require(PresetDictionary(dictionary.bytes.suffix(4000)))
        let compressor = ZlibCompressor(dictionary: dictionary, windowBits: windowBits, memoryLevel: memoryLevel)
        for number in 0..<8 {
            let text = Array(TestBody.report(number).prefix(300))
            let stored = try #require(compressor.compress(text))
            #expect(try ZlibDecompressor.decompress(stored, byteCount: text.count, dictionary: dictionary) == text)
        }
        let long = TestBody.compressible(100_000)
        let stored = try #require(compressor.compress(long))
        #expect(try ZlibDecompressor.decompress(stored, byteCount: long.count, dictionary: dictionary) == long)
    }

    @Test("settings are clamped to zlib's limits", arguments: [Int.min, -1, 0, 99, .max])
    func settings(value: Int) throws {
        let compressor = ZlibCompressor(dictionary: dictionary, windowBits: value, memoryLevel: value)
        let stored = try #require(compressor.compress(TestBody.report(3)))
        let opened = try ZlibDecompressor.decompress(
            stored, byteCount: TestBody.report(3).count, dictionary: dictionary)
        #expect(opened == TestBody.report(3))
        #expect((ZlibCompressor(level: value).compress(TestBody.report(3)) == nil) == (value <= 0))
    }
}
