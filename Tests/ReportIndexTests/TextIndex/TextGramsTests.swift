import StrictJSON
import TestKit
import Testing

@testable import ReportArchive

@Suite("Grams of texts")
struct TextGramsTests {
    @Test("three bytes each, letters of ASCII in lower case, each once")
    func grams() {
        var grams = TextGrams()
        #expect(grams.all(of: Array("aBCab".utf8)) == [0x616263, 0x626361, 0x636162])
        #expect(grams.all(of: Array("ab".utf8)) == [])
        #expect(grams.all(of: Array("aaaa".utf8)) == [0x616161])
        #expect(TextGrams.needed(by: TextNeedle("ABca")) == [0x616263, 0x626361])
        #expect(TextGrams.needed(by: TextNeedle("é")) == nil)
        #expect(TextGrams.needed(by: TextNeedle("é1"))?.count == 1)
    }

    @Test("a body with too many is not indexed, and the next one is whole again")
    func tooMany() {
        var grams = TextGrams()
        var generator = SplitMix64(seed: 5)
        #expect(grams.all(of: generator.bytes(400_000)) == nil)
        #expect(grams.all(of: Array("abc".utf8)) == [0x616263])
        #expect(grams.all(of: generator.bytes(20_000)) != nil)
    }

    @Test("whatever the matcher finds, the body has all grams of", arguments: [7, 8] as [UInt64])
    func neverLess(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var grams = TextGrams()
        var foundCount = 0
        for _ in 0..<4000 {
            let text = TextIndexArchive.word(&generator) + TextIndexArchive.word(&generator)
            let needle = TextIndexArchive.word(&generator)
            let body =
                Bool.random(using: &generator)
                ? Array(text.utf8) : Array(JSONText.string(text).compact.utf8) + generator.bytes(1)
            var filter = ReportFilter()
            filter.texts = [needle]
            guard BodyMatcher(filter).matches(body, externalInfo: { nil }),
                let needed = TextGrams.needed(by: TextNeedle(needle))
            else { continue }
            foundCount += 1
            let all = grams.all(of: body)
            let had = try #require(all)
            #expect(Set(had).isSuperset(of: needed), "\(needle) in \(text)")
        }
        #expect(foundCount > 50)
    }

    @Test("a set of deliveries is read back as it was stored", arguments: [0, 1, 63, 64, 500, 1024])
    func sets(count: Int) throws {
        var generator = SplitMix64(seed: 3)
        var set = DeliverySet()
        for place in (0..<1024).shuffled(using: &generator).prefix(count) { set.insert(place) }
        #expect(set.count == count)
        #expect(set.stored.count == min(count * 2, 128))
        #expect(DeliverySet(stored: set.stored) == set)
    }

    @Test(
        "what is no set is none", arguments: [[0], [0, 4], [255, 255], Array(repeating: 0, count: 130)] as [[UInt8]])
    func noSet(bytes: [UInt8]) {
        #expect(DeliverySet(stored: bytes) == nil)
    }

    @Test("a block is whole when no delivery is to come in it")
    func wholeBlocks() {
        #expect(TextBlock.whole(firstDelivery: 1, lastDelivery: 1022) == nil)
        #expect(TextBlock.whole(firstDelivery: 1, lastDelivery: 1023) == 0...0)
        #expect(TextBlock.whole(firstDelivery: 1024, lastDelivery: 4096) == 1...3)
        #expect(TextBlock.whole(firstDelivery: 1, lastDelivery: .max) == nil)
        #expect(TextBlock.whole(firstDelivery: 0, lastDelivery: 5000) == nil)
    }
}
