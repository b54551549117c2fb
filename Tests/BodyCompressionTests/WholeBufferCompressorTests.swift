import BodyCompression
import TestKit
import Testing

/// What libdeflate writes is read by zlib, here as in an archive.
@Suite("Compressing whole bodies at once")
struct WholeBufferCompressorTests {
    @Test(
        "a body that shrinks comes back as it was",
        arguments: [128, 1024, 64 * 1024, 64 * 1024 + 1, 1024 * 1024], [Int.min, 1, 6, 12, .max])
    func roundTrip(byteCount: Int, level: Int) throws {
        let body = TestBody.compressible(byteCount)
        let stored = try #require(WholeBufferCompressor(level: level).compress(body))
        #expect(stored.count < body.count)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count) == body)
    }

    @Test(
        "every sample with a body shrinks and comes back, at level 1 within a twentieth of zlib",
        arguments: Sample.withBody)
    func samples(_ sample: Sample) throws {
        let stored = try #require(WholeBufferCompressor(level: 1).compress(sample.body))
        let zlib = try #require(ZlibCompressor(level: 1).compress(sample.body))
        #expect(stored.count * 20 <= zlib.count * 21)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: sample.body.count) == sample.body)
    }

    @Test("whatever compression gives is smaller than the body, and opens", arguments: 0...80)
    func smallest(byteCount: Int) throws {
        let body = [UInt8](repeating: 0, count: byteCount)
        guard let stored = WholeBufferCompressor(level: 1).compress(body) else {
            #expect(byteCount <= 55, "libdeflate leaves shorter texts as they are")
            return
        }
        #expect(stored.count < byteCount)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: byteCount) == body)
    }

    @Test("a body that does not shrink is not compressed, and the next one is as ever")
    func incompressible() throws {
        let compressor = WholeBufferCompressor(level: 1)
        let body = TestBody.compressible(4096)
        let before = try #require(compressor.compress(body))
        for byteCount in [9, 64, 5000, 1024 * 1024] {
            #expect(compressor.compress(TestBody.incompressible(byteCount)) == nil)
            #expect(compressor.compress(body) == before)
        }
    }

    @Test("what is stored is a zlib stream that needs no dictionary")
    func rfc1950() throws {
        let compressor = WholeBufferCompressor(level: 1)
        let stored = try #require(compressor.compress(TestBody.compressible(2000)))
        #expect(stored[0] & 0x0f == 8)
        #expect((UInt16(stored[0]) << 8 | UInt16(stored[1])).isMultiple(of: 31))
        #expect(stored[1] & 0x20 == 0)
        #expect(compressor.dictionary == nil)
    }

    @Test("one compressor shared by many tasks gives each its own body back")
    func shared() async throws {
        let compressor = WholeBufferCompressor(level: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<64 {
                group.addTask { @concurrent in
                    for round in 0..<20 {
                        let body =
                            Array("task \(task) round \(round) ".utf8) + TestBody.compressible(100 * (task % 7 + 1))
                        let stored = try #require(compressor.compress(body))
                        #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count) == body)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
