import BodyCompression
import TestKit
import Testing

@Suite("Decompressing streams that need a dictionary")
struct DictionaryDecompressionTests {
    private typealias Failure = ZlibDecompressor.Failure

    private let dictionary = TestBody.dictionary
    private let body = TestBody.report(11)

    private func stored() throws -> [UInt8] {
        try #require(ZlibCompressor(level: 6, dictionary: dictionary).compress(body))
    }

    @Test("a stream of another program is decompressed")
    func foreignStream() throws {
        // The output of Python's `zlib.compressobj(zdict=b"callbox")` for b"callbox callbox".
        let stored: [UInt8] = [
            0x78, 0xbb, 0x0b, 0x4a, 0x02, 0xe6, 0x4b, 0x86, 0x50, 0x0a, 0x50, 0x1a, 0x00, 0x2e, 0xbd, 0x05, 0xeb,
        ]
        let dictionary = try #require(PresetDictionary(Array("callbox".utf8)))
        let text = Array("callbox callbox".utf8)
        #expect(try ZlibDecompressor.decompress(stored, byteCount: text.count, dictionary: dictionary) == text)
    }

    @Test("a missing dictionary is reported")
    func noDictionary() throws {
        let stored = try stored()
        #expect(throws: Failure.needsDictionary) { try ZlibDecompressor.decompress(stored, byteCount: body.count) }
        #expect(throws: Failure.needsDictionary) {
            try ZlibDecompressor.decompress([0x78, 0xbb, 0x00, 0x00, 0x00, 0x01, 0x03, 0x00], byteCount: 0)
        }
    }

    @Test("a wrong dictionary is reported")
    func wrongDictionary() throws {
        let other = try #require(PresetDictionary(Array(dictionary.bytes.dropLast())))
        let stored = try stored()
        #expect(throws: Failure.wrongDictionary) {
            try ZlibDecompressor.decompress(stored, byteCount: body.count, dictionary: other)
        }
    }

    @Test("an unneeded dictionary is ignored")
    func unneeded() throws {
        let stored = try #require(ZlibCompressor().compress(body))
        #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count, dictionary: dictionary) == body)
    }

    @Test("any other byte count than the stream's is rejected")
    func wrongByteCount() throws {
        let stored = try stored()
        for byteCount in [.min, -1, 0, 1, body.count - 1, body.count + 1, 1_000_000, Int(UInt32.max), .max] {
            #expect(throws: Failure.wrongByteCount) {
                try ZlibDecompressor.decompress(stored, byteCount: byteCount, dictionary: dictionary)
            }
        }
    }

    @Test("a truncated stream is rejected")
    func truncated() throws {
        let stored = try stored()
        for count in stored.indices {
            #expect(throws: Failure.damaged, "the first \(count) bytes") {
                try ZlibDecompressor.decompress(Array(stored[..<count]), byteCount: body.count, dictionary: dictionary)
            }
        }
    }

    @Test("a flipped bit is found")
    func flippedBits() throws {
        let stored = try stored()
        for index in stored.indices {
            for bit in 0..<8 {
                var flipped = stored
                flipped[index] ^= 1 << bit
                let opened = try? ZlibDecompressor.decompress(flipped, byteCount: body.count, dictionary: dictionary)
                // The window size and the padding of the last byte may not matter.
                #expect(opened == nil || opened == body, "bit \(bit) of byte \(index)")
            }
        }
    }

    @Test("random bytes are rejected after any header")
    func random() {
        var generator = SplitMix64(seed: 3)
        let name = (0..<4).map { UInt8(truncatingIfNeeded: dictionary.checksum >> (24 - 8 * UInt32($0))) }
        let headers: [[UInt8]] = [[], [0x78], [0x78, 0x9c], [0x78, 0xbb], [0x78, 0xbb] + name]
        for round in 0..<2000 {
            let ignored = headers[round % headers.count] + generator.bytes(round % 97)
            for dictionary in [nil, dictionary] {
                let opened = try? ZlibDecompressor.decompress(ignored, byteCount: round % 300, dictionary: dictionary)
                #expect(opened == nil, "round \(round)")
            }
        }
    }

    @Test("a failed stream does not affect the next")
    func afterFailures() throws {
        let stored = try stored()
        for count in stored.indices {
            _ = try? ZlibDecompressor.decompress(
                Array(stored[..<count]), byteCount: body.count, dictionary: count.isMultiple(of: 2) ? dictionary : nil)
            #expect(try ZlibDecompressor.decompress(stored, byteCount: body.count, dictionary: dictionary) == body)
        }
    }
}
