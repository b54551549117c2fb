import BodyCompression
import TestKit
import Testing

@Suite("Decompressing zlib streams")
struct ZlibDecompressorTests {
    private typealias Failure = ZlibDecompressor.Failure

    private static let body = TestBody.report(11)
    private static let dictionary = TestBody.dictionary
    private static let dictionaries: [PresetDictionary?] = [nil, dictionary]

    private static func stored(_ dictionary: PresetDictionary?) throws -> [UInt8] {
        try #require(ZlibCompressor(level: 6, dictionary: dictionary).compress(body))
    }

    /// Streams that Python created: `zlib.compress(b"callbox callbox callbox")`, then
    /// `zlib.compressobj(zdict=b"callbox")` with b"callbox callbox", and an empty stream.
    private static let foreign: [(stored: [UInt8], text: String, dictionary: String?)] = [
        (
            [
                0x78, 0x9c, 0x4b, 0x4e, 0xcc, 0xc9, 0x49, 0xca, 0xaf, 0x50, 0x48, 0x46, 0xa5, 0x01, 0x6a, 0x58, 0x08,
                0xf0,
            ], "callbox callbox callbox", nil
        ),
        (
            [0x78, 0xbb, 0x0b, 0x4a, 0x02, 0xe6, 0x4b, 0x86, 0x50, 0x0a, 0x50, 0x1a, 0x00, 0x2e, 0xbd, 0x05, 0xeb],
            "callbox callbox", "callbox"
        ),
        ([0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01], "", nil),
    ]

    @Test("a stream that another program created is decompressed", arguments: foreign)
    func foreignStream(stored: [UInt8], text: String, dictionary: String?) throws {
        let dictionary = dictionary.flatMap { PresetDictionary(Array($0.utf8)) }
        let body = try ZlibDecompressor.decompress(stored, byteCount: text.utf8.count, dictionary: dictionary)
        #expect(body == Array(text.utf8))
    }

    @Test("a missing or wrong dictionary is reported, and an unnecessary one is ignored")
    func otherDictionary() throws {
        let stored = try Self.stored(Self.dictionary)
        #expect(throws: Failure.needsDictionary) { try ZlibDecompressor.decompress(stored, byteCount: Self.body.count) }
        #expect(throws: Failure.needsDictionary) {
            try ZlibDecompressor.decompress([0x78, 0xbb, 0x00, 0x00, 0x00, 0x01, 0x03, 0x00], byteCount: 0)
        }
        let other = try #require(PresetDictionary(Array(Self.dictionary.bytes.dropLast())))
        #expect(throws: Failure.wrongDictionary) {
            try ZlibDecompressor.decompress(stored, byteCount: Self.body.count, dictionary: other)
        }
        let plain = try Self.stored(nil)
        let body = try ZlibDecompressor.decompress(plain, byteCount: Self.body.count, dictionary: Self.dictionary)
        #expect(body == Self.body)
    }

    @Test("a wrong byte count is rejected", arguments: dictionaries)
    func wrongByteCount(dictionary: PresetDictionary?) throws {
        let stored = try Self.stored(dictionary)
        let byteCount = Self.body.count
        for wrong in [.min, -1, 0, 1, byteCount - 1, byteCount + 1, 1_000_000, Int(UInt32.max), .max] {
            #expect(throws: Failure.wrongByteCount) {
                try ZlibDecompressor.decompress(stored, byteCount: wrong, dictionary: dictionary)
            }
        }
    }

    @Test("a truncated stream is rejected, and does not affect the next stream", arguments: dictionaries)
    func truncated(dictionary: PresetDictionary?) throws {
        let stored = try Self.stored(dictionary)
        for count in stored.indices {
            #expect(throws: Failure.damaged, "the first \(count) bytes") {
                try ZlibDecompressor.decompress(
                    Array(stored[..<count]), byteCount: Self.body.count, dictionary: dictionary)
            }
            let body = try ZlibDecompressor.decompress(stored, byteCount: Self.body.count, dictionary: dictionary)
            #expect(body == Self.body)
        }
    }

    @Test("bytes after the stream are rejected", arguments: [[0x00], [0x78, 0x9c], foreign[0].stored] as [[UInt8]])
    func trailingBytes(_ trailer: [UInt8]) throws {
        let stored = try Self.stored(nil) + trailer
        #expect(throws: Failure.wrongByteCount) {
            try ZlibDecompressor.decompress(stored, byteCount: Self.body.count)
        }
    }

    @Test("a flipped bit is detected", arguments: dictionaries)
    func flippedBits(dictionary: PresetDictionary?) throws {
        let stored = try Self.stored(dictionary)
        for index in stored.indices {
            for bit in 0..<8 {
                var flipped = stored
                flipped[index] ^= 1 << bit
                let body = try? ZlibDecompressor.decompress(
                    flipped, byteCount: Self.body.count, dictionary: dictionary)
                // A change of the window size or of the padding in the last byte may have no effect.
                #expect(body == nil || body == Self.body, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test(
        "data that is not a zlib stream is reported as damaged",
        arguments: ["", "x", "callbox", "\u{1f}\u{8b}\u{8}\0", "{}"]
    )
    func noStream(_ text: String) {
        #expect(throws: Failure.damaged) { try ZlibDecompressor.decompress(Array(text.utf8), byteCount: 10) }
    }

    @Test("random bytes are rejected, with and without a valid header")
    func random() {
        var generator = SplitMix64(seed: 3)
        let name = (0..<4).map { UInt8(truncatingIfNeeded: Self.dictionary.checksum >> (24 - 8 * UInt32($0))) }
        let headers: [[UInt8]] = [[], [0x78], [0x78, 0x9c], [0x78, 0xbb], [0x78, 0xbb] + name]
        for round in 0..<2000 {
            let stored = headers[round % headers.count] + generator.bytes(round % 97)
            for dictionary in Self.dictionaries {
                let body = try? ZlibDecompressor.decompress(stored, byteCount: round % 300, dictionary: dictionary)
                #expect(body == nil, "round \(round)")
            }
        }
    }

    @Test("a stream that expands a thousandfold is decompressed only up to the expected byte count")
    func bomb() throws {
        let body = [UInt8](repeating: 0, count: 16 * 1024 * 1024)
        let stored = try #require(ZlibCompressor(level: 9).compress(body))
        #expect(stored.count * 1000 < body.count)
        for byteCount in [0, 1, 1000, body.count - 1] {
            #expect(throws: Failure.wrongByteCount) { try ZlibDecompressor.decompress(stored, byteCount: byteCount) }
        }
        #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count) == body)
    }

    @Test("a damaged sample is rejected or decompressed to the same bytes", arguments: Sample.withBody)
    func mutations(_ sample: Sample) throws {
        let stored = try #require(ZlibCompressor().compress(sample.body))
        var generator = SplitMix64(seed: 11)
        var rejectedCount = 0
        for round in 0..<100 {
            let mutated = ByteMutation.mutate(stored, using: &generator)
            guard let body = try? ZlibDecompressor.decompress(mutated, byteCount: sample.body.count) else {
                rejectedCount += 1
                continue
            }
            #expect(body == sample.body, "round \(round)")
        }
        #expect(rejectedCount > 50)
    }
}
