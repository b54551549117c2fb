import BodyCompression
import TestKit
import Testing

@Suite("Decompressing zlib streams")
struct ZlibDecompressorTests {
    /// The output of Python's `zlib.compress(b"callbox callbox callbox")`.
    private static let foreign: [UInt8] = [
        0x78, 0x9c, 0x4b, 0x4e, 0xcc, 0xc9, 0x49, 0xca, 0xaf, 0x50, 0x48, 0x46, 0xa5, 0x01, 0x6a, 0x58, 0x08, 0xf0,
    ]
    private static let foreignText = Array("callbox callbox callbox".utf8)

    @Test("a stream of another program is decompressed")
    func foreignStream() throws {
        #expect(try ZlibDecompressor.decompress(Self.foreign, byteCount: Self.foreignText.count) == Self.foreignText)
    }

    @Test("an empty stream is decompressed")
    func emptyBody() throws {
        let stored: [UInt8] = [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]
        #expect(try ZlibDecompressor.decompress(stored, byteCount: 0) == [])
    }

    @Test(
        "any other byte count than the stream's is rejected",
        arguments: [-1, 0, 1, 22, 24, 1000, 1_000_000, .min, .max])
    func wrongByteCount(byteCount: Int) {
        #expect(throws: ZlibDecompressor.Failure.wrongByteCount) {
            try ZlibDecompressor.decompress(Self.foreign, byteCount: byteCount)
        }
    }

    @Test("a truncated stream is rejected")
    func truncated() {
        for count in 0..<Self.foreign.count {
            #expect(throws: ZlibDecompressor.Failure.damaged, "the first \(count) bytes") {
                try ZlibDecompressor.decompress(Array(Self.foreign[..<count]), byteCount: Self.foreignText.count)
            }
        }
    }

    @Test("bytes after the stream are rejected", arguments: [[0x00], [0x78, 0x9c], foreign] as [[UInt8]])
    func trailingBytes(_ trailer: [UInt8]) {
        #expect(throws: ZlibDecompressor.Failure.wrongByteCount) {
            try ZlibDecompressor.decompress(Self.foreign + trailer, byteCount: Self.foreignText.count)
        }
    }

    @Test("a flipped bit is found")
    func flippedBits() {
        for index in Self.foreign.indices {
            for bit in 0..<8 {
                var stored = Self.foreign
                stored[index] ^= 1 << bit
                let opened = try? ZlibDecompressor.decompress(stored, byteCount: Self.foreignText.count)
                #expect(opened == nil, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test("other data is damaged", arguments: ["", "x", "callbox", "\u{1f}\u{8b}\u{8}\0", "{}"])
    func noStream(_ text: String) {
        #expect(throws: ZlibDecompressor.Failure.damaged) {
            try ZlibDecompressor.decompress(Array(text.utf8), byteCount: 10)
        }
    }

    @Test("a stream that expands a thousandfold is decompressed only up to the expected byte count")
    func bomb() throws {
        let body = [UInt8](repeating: 0, count: 16 * 1024 * 1024)
        let stored = try #require(ZlibCompressor(level: 9).compress(body))
        #expect(stored.count * 1000 < body.count)
        for byteCount in [0, 1, 1000, body.count - 1] {
            #expect(throws: ZlibDecompressor.Failure.wrongByteCount) {
                try ZlibDecompressor.decompress(stored, byteCount: byteCount)
            }
        }
        #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count) == body)
    }

    @Test("a damaged sample is rejected or reads back completely", arguments: Sample.withBody)
    func mutations(_ sample: Sample) throws {
        let stored = try #require(ZlibCompressor().compress(sample.body))
        var generator = SplitMix64(seed: 11)
        var rejectedCount = 0
        for round in 0..<100 {
            let mutated = ByteMutation.mutate(stored, using: &generator)
            guard let opened = try? ZlibDecompressor.decompress(mutated, byteCount: sample.body.count) else {
                rejectedCount += 1
                continue
            }
            #expect(opened == sample.body, "round \(round)")
        }
        #expect(rejectedCount > 50)
    }
}
