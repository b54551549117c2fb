import BodyCompression
import Testing

@Suite("Compressing many bodies at once")
struct ZlibConcurrencyTests {
    @Test("one compressor shared by many tasks gives each its own body back")
    func shared() async throws {
        let compressor = ZlibCompressor()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<64 {
                group.addTask { @concurrent in
                    for round in 0..<20 {
                        let body =
                            Array("task \(task) round \(round) ".utf8) + TestBody.compressible(100 * (task % 7 + 1))
                        let stored = try #require(compressor.compress(body))
                        #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count) == body)
                        #expect(compressor.compress(TestBody.incompressible(50 + task)) == nil)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("what one task stores does not depend on what others store meanwhile")
    func independent() async throws {
        let body = TestBody.compressible(10_000)
        let alone = try #require(ZlibCompressor().compress(body))
        let compressor = ZlibCompressor()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<32 {
                group.addTask { @concurrent in
                    _ = compressor.compress(TestBody.compressible(1000 + task))
                    #expect(compressor.compress(body) == alone)
                }
            }
        }
    }
}
