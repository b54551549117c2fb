import BodyCompression
import TestKit
import Testing

@Suite("Compressing bodies with libdeflate")
struct WholeBufferCompressorTests {
    @Test(
        "a body compressed at any level is decompressed to the same bytes",
        arguments: [128, 1024, 64 * 1024, 64 * 1024 + 1, 1024 * 1024], [Int.min, 1, 6, 12, .max])
    func roundTrip(byteCount: Int, level: Int) throws {
        let body = TestBody.compressible(byteCount)
        let stored = try #require(WholeBufferCompressor(level: level).compress(body))
        #expect(stored.count < body.count)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count) == body)
    }

    @Test("at level 1 a compressed sample is at most 5 % larger than with zlib", arguments: Sample.withBody)
    func samples(_ sample: Sample) throws {
        let stored = try #require(WholeBufferCompressor(level: 1).compress(sample.body))
        let zlib = try #require(ZlibCompressor(level: 1).compress(sample.body))
        #expect(stored.count * 20 <= zlib.count * 21)
    }
}
