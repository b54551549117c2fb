import BodyCompression
import TestKit
import Testing

/// A compressor, and the longest run of zeros that the compressor may leave uncompressed.
struct TestedCompressor: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let compressor: any BodyCompressor
    let uncompressedByteCount: Int

    static let all = [
        Self(testDescription: "zlib", compressor: ZlibCompressor(), uncompressedByteCount: 11),
        Self(
            testDescription: "zlib with a dictionary",
            compressor: ZlibCompressor(level: 3, dictionary: TestBody.dictionary), uncompressedByteCount: 16),
        Self(testDescription: "libdeflate", compressor: WholeBufferCompressor(level: 1), uncompressedByteCount: 55),
    ]

    func decompress(_ stored: [UInt8], byteCount: Int) throws -> [UInt8] {
        try ZlibDecompressor.decompress(stored, byteCount: byteCount, dictionary: compressor.dictionary)
    }
}

/// Tests the behaviour that all compressors have in common. zlib decompresses the streams, as it does when an archive
/// is read.
@Suite("Every compressor") struct BodyCompressorTests {
    @Test("every sample shrinks and is decompressed to the same bytes", arguments: TestedCompressor.all)
    func samples(_ tested: TestedCompressor) throws {
        for body in Sample.withBody.map(\.body) {
            let stored = try #require(tested.compressor.compress(body))
            #expect(stored.count < body.count)
            #expect(try tested.decompress(stored, byteCount: body.count) == body)
        }
    }

    @Test(
        "a stream is smaller than its body, and very short bodies are not compressed", arguments: TestedCompressor.all)
    func smallest(_ tested: TestedCompressor) throws {
        for byteCount in 0...80 {
            let body = [UInt8](repeating: 0, count: byteCount)
            guard let stored = tested.compressor.compress(body) else {
                #expect(byteCount <= tested.uncompressedByteCount)
                continue
            }
            #expect(byteCount > 8)
            #expect(stored.count < byteCount)
            #expect(try tested.decompress(stored, byteCount: byteCount) == body)
        }
    }

    @Test(
        "a body that does not shrink is not compressed, and does not affect the next body",
        arguments: TestedCompressor.all)
    func incompressible(_ tested: TestedCompressor) throws {
        let body = TestBody.report(7) + TestBody.compressible(4096)
        let before = try #require(tested.compressor.compress(body))
        for byteCount in [9, 64, 1024, 64 * 1024, 1024 * 1024] {
            #expect(tested.compressor.compress(TestBody.incompressible(byteCount)) == nil)
            _ = tested.compressor.compress(TestBody.compressible(byteCount))
            #expect(tested.compressor.compress(body) == before)
        }
    }

    @Test("a stream has a valid zlib header that names its dictionary (RFC 1950 §2.2)", arguments: TestedCompressor.all)
    func header(_ tested: TestedCompressor) throws {
        let stored = try #require(tested.compressor.compress(TestBody.compressible(2000)))
        #expect(stored[0] == 0x78)
        #expect((UInt16(stored[0]) << 8 | UInt16(stored[1])).isMultiple(of: 31))
        #expect((stored[1] & 0x20 != 0) == (tested.compressor.dictionary != nil))
        if let dictionary = tested.compressor.dictionary {
            #expect(stored[2..<6].reduce(0) { $0 << 8 | UInt32($1) } == dictionary.checksum)
        }
    }

    @Test(
        "several tasks that use a compressor at the same time get the same streams as one task",
        arguments: TestedCompressor.all)
    func shared(_ tested: TestedCompressor) async throws {
        let common = TestBody.compressible(10_000)
        let alone = try #require(tested.compressor.compress(common))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<32 {
                group.addTask { @concurrent in
                    for round in 0..<10 {
                        let body =
                            Array("task \(task) round \(round) ".utf8) + TestBody.compressible(100 * (task % 7 + 1))
                        let stored = try #require(tested.compressor.compress(body))
                        #expect(try tested.decompress(stored, byteCount: body.count) == body)
                        #expect(tested.compressor.compress(TestBody.incompressible(50 + task)) == nil)
                        #expect(tested.compressor.compress(common) == alone)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
