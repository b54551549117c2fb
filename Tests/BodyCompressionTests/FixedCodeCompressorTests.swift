import TestKit
import Testing

@testable import BodyCompression

/// Decompresses the streams with zlib, as the reader of an archive does.
@Suite struct FixedCodeCompressorTests {
    private static let dictionary = PresetDictionary(Array(#"["POST","/klavi","127.0.0.1",[["Host","localhost"]"#.utf8))

    private static func roundTrip(
        _ text: [UInt8], _ dictionary: PresetDictionary, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Int? {
        guard let stored = FixedCodeCompressor(dictionary: dictionary).compress(text) else { return nil }
        #expect(stored.count < text.count, sourceLocation: sourceLocation)
        let opened = try ZlibDecompressor.decompress(stored, byteCount: text.count, dictionary: dictionary)
        #expect(opened == text, sourceLocation: sourceLocation)
        return stored.count
    }

    @Test("all lengths and distances of the format are decompressed correctly")
    func lengthsAndDistances() throws {
        var generator = SplitMix64(seed: 1)
        let bytes = generator.bytes(PresetDictionary.byteCountLimit)
        let dictionary = try #require(PresetDictionary(bytes))
        for length in [4, 5, 10, 11, 12, 34, 35, 66, 67, 130, 131, 162, 257, 258, 259, 300, 516, 1000] {
            for place in [0, 1, 100, 16_000, 30_000, 32_506 - 1000, 32_506 - length] {
                let text = Array(bytes[place..<place + length]) + bytes[5..<105] + bytes[place..<place + length]
                _ = try Self.roundTrip(text, dictionary)
            }
        }
        // The last 64 bytes of the text match dictionary bytes that are more than 32,768 bytes before them.
        let text = generator.bytes(4096 - 64) + bytes[..<64]
        _ = try Self.roundTrip(text, dictionary)
    }

    @Test(
        "texts that repeat parts of the dictionary or of themselves are decompressed correctly",
        arguments: 1...200 as ClosedRange<UInt64>)
    func mixtures(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let size = [1, 3, 4, 5, 300, 2000, PresetDictionary.byteCountLimit].randomElement(using: &generator) ?? 1
        let alphabet = UInt8.random(in: 1...255, using: &generator)
        let bytes = generator.bytes(size).map { $0 % alphabet }
        let dictionary = try #require(PresetDictionary(bytes))
        var text: [UInt8] = []
        let count = Int.random(in: 9...FixedCodeCompressor.byteCountLimit, using: &generator)
        while text.count < count {
            let source = Bool.random(using: &generator) && !text.isEmpty ? text : bytes
            let start = Int.random(in: 0..<source.count, using: &generator)
            text += source[start...].prefix(Int.random(in: 1...300, using: &generator))
            text.append(UInt8.random(in: 0...255, using: &generator))
        }
        _ = try Self.roundTrip(Array(text.prefix(count)), dictionary)
    }

    @Test("a string that does not shrink, or is very short or too long, is not compressed")
    func notCompressed() throws {
        let dictionary = try #require(Self.dictionary)
        let compressor = FixedCodeCompressor(dictionary: dictionary)
        #expect(compressor.compress([]) == nil)
        #expect(compressor.compress([UInt8](repeating: 0, count: 8)) == nil)
        #expect(compressor.compress(TestBody.incompressible(1000)) == nil)
        let limit = FixedCodeCompressor.byteCountLimit
        #expect(compressor.compress([UInt8](repeating: 0, count: limit + 1)) == nil)
        #expect(try Self.roundTrip([UInt8](repeating: 0, count: limit), dictionary) != nil)
    }

    @Test("a stream names its dictionary")
    func header() throws {
        let dictionary = try #require(Self.dictionary)
        let stored = try #require(
            FixedCodeCompressor(dictionary: dictionary).compress(dictionary.bytes + dictionary.bytes))
        #expect(stored[0] & 0x0f == 8)
        #expect((UInt16(stored[0]) << 8 | UInt16(stored[1])).isMultiple(of: 31))
        #expect(stored[1] & 0x20 != 0)
        #expect(stored[2..<6].reduce(0) { $0 << 8 | UInt32($1) } == dictionary.checksum)
    }

    @Test(
        "heads below and above the length limit are decompressed correctly",
        arguments: [1, 47, 48, 49, 200])
    func heads(count: Int) throws {
        let line = Array(#"["POST","/klavi","127.0.0.1",[["Host","localhost:8787"],["Content-Length","2048"]]]"#.utf8)
        let head = Array(repeatElement(line, count: count).joined())
        let stored = HeadCompression.encode(head)
        #expect(stored.count * 2 < head.count)
        #expect(
            try HeadCompression.decode(stored, byteCountLimit: head.count, dictionary: HeadCompression.dictionary)
                == head)
    }
}
