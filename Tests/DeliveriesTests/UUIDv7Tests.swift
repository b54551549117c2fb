import Deliveries
import Foundation
import TestKit
import Testing

@Suite("Time-ordered identifiers")
struct UUIDv7Tests {
    /// Returns the same word every time.
    private struct ConstantGenerator: RandomNumberGenerator {
        let word: UInt64

        func next() -> UInt64 {
            word
        }
    }

    @Test("the time and the random bits in RFC 9562 §A.6 result in the test vector of that section")
    func vector() {
        var generator = SequenceGenerator(words: [0x0cc3, 0x18c4_dc0c_0c07_398f])
        let identifier = UUIDv7(at: Timestamp(millisecondsSinceEpoch: 0x017f_22e2_79b0), using: &generator)
        #expect(identifier.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    }

    @Test(
        "version and variant are correct for all random bits",
        arguments: [0, .max, 0x5555_5555_5555_5555] as [UInt64])
    func versionAndVariant(_ word: UInt64) {
        var generator = ConstantGenerator(word: word)
        let bytes = UUIDv7(at: Timestamp(millisecondsSinceEpoch: 1_795_255_200_000), using: &generator).bytes
        #expect(bytes.count == 16)
        #expect(bytes[6] >> 4 == 7)
        #expect(bytes[8] >> 6 == 0b10)
        #expect(Hex.encode(bytes[..<6]) == "01a1fd8c6900")
    }

    @Test("identifiers of later moments sort after identifiers of earlier moments, as bytes and as text")
    func ordering() {
        var generator = SplitMix64(seed: 8)
        var milliseconds = Int64(0)
        var earlier = UUIDv7(at: Timestamp(millisecondsSinceEpoch: 0), using: &generator)
        for _ in 0..<1000 {
            milliseconds += Int64.random(in: 1...1 << 30, using: &generator)
            let later = UUIDv7(at: Timestamp(millisecondsSinceEpoch: milliseconds), using: &generator)
            #expect(earlier.bytes.lexicographicallyPrecedes(later.bytes))
            #expect(earlier.description < later.description)
            earlier = later
        }
    }

    @Test("identifiers of the same moment differ")
    func uniqueness() {
        var generator = SystemRandomNumberGenerator()
        let moment = Timestamp(millisecondsSinceEpoch: 1_795_255_200_000)
        let identifiers = Set((0..<10_000).map { _ in UUIDv7(at: moment, using: &generator) })
        #expect(identifiers.count == 10_000)
    }

    @Test("Foundation parses the text of an identifier")
    func foundationReads() throws {
        var generator = SplitMix64(seed: 9)
        let identifier = UUIDv7(at: Timestamp(millisecondsSinceEpoch: 1_795_255_200_000), using: &generator)
        let uuid = try #require(UUID(uuidString: identifier.description))
        #expect(uuid.uuidString.lowercased() == identifier.description)
        #expect(withUnsafeBytes(of: uuid.uuid) { Array($0) } == identifier.bytes)
    }

    @Test("a time beyond 48 bits still results in a well-formed identifier", arguments: [Int64.min, -1, .max])
    func outOfRange(_ milliseconds: Int64) {
        var generator = SplitMix64(seed: 10)
        let bytes = UUIDv7(at: Timestamp(millisecondsSinceEpoch: milliseconds), using: &generator).bytes
        #expect(bytes[6] >> 4 == 7 && bytes[8] >> 6 == 0b10)
    }

    @Test("an identifier has exactly sixteen bytes")
    func fromBytes() {
        let bytes = Array(UInt8(0)..<16)
        #expect(UUIDv7(bytes: bytes)?.bytes == bytes)
        #expect(UUIDv7(bytes: bytes)?.description == "00010203-0405-0607-0809-0a0b0c0d0e0f")
        for count in [0, 15, 17, 32] { #expect(UUIDv7(bytes: [UInt8](repeating: 1, count: count)) == nil) }
    }
}

/// Returns the given words, then zeros.
private struct SequenceGenerator: RandomNumberGenerator {
    var words: [UInt64]

    mutating func next() -> UInt64 {
        words.isEmpty ? 0 : words.removeFirst()
    }
}
