import BodyCompression
import TestKit
import Testing

@Suite("Training a preset dictionary")
struct DictionaryTrainerTests {
    private static let reports = (0..<120).map { TestBody.report($0) }

    @Test("text that many bodies contain is in the dictionary")
    func common() throws {
        let dictionary = try #require(DictionaryTrainer.train(on: Self.reports))
        for text in [#""productName":"pf_checking_account""#, #","creditDebitType":"DEBITO","amount":""#] {
            #expect(contains(dictionary.bytes, Array(text.utf8)), "\(text)")
        }
    }

    @Test("a dictionary halves the stored bytes of bodies that it was not trained on")
    func gain() throws {
        let dictionary = try #require(DictionaryTrainer.train(on: Self.reports))
        let unseen = (0..<20).map { TestBody.report($0, seed: 77) }
        let trial = DictionaryTrial(on: unseen, level: 6, current: nil, candidate: dictionary)
        #expect(trial.candidateByteCount * 2 < trial.plainByteCount)
    }

    @Test("training is deterministic")
    func deterministic() throws {
        let first = try #require(DictionaryTrainer.train(on: Self.reports))
        for _ in 0..<3 { #expect(DictionaryTrainer.train(on: Self.reports) == first) }
    }

    @Test(
        "a dictionary has as many bytes as the limit allows, but not more",
        arguments: [64, 250, 3834, .max])
    func byteCountLimit(_ limit: Int) throws {
        // These bodies can fill any limit: each of twelve texts of 4,000 bytes is in ten bodies.
        let bodies = (0..<120).map { TestBody.report($0) + Self.token($0 % 12, byteCount: 4000) }
        let dictionary = try #require(DictionaryTrainer.train(on: bodies, byteCountLimit: limit))
        let longest = min(limit, PresetDictionary.byteCountLimit)
        #expect(dictionary.bytes.count <= longest)
        #expect(dictionary.bytes.count > longest - 64)
    }

    @Test("a limit below 64 bytes yields no dictionary", arguments: [.min, -1, 0, 1, 63])
    func uselessLimit(_ limit: Int) {
        #expect(DictionaryTrainer.train(on: Self.reports, byteCountLimit: limit) == nil)
    }

    @Test(
        "a text that is in at most three bodies shares no eight consecutive bytes with the dictionary",
        arguments: 1...3)
    func rare(bodyCount: Int) throws {
        // Each body repeats a text that at most two other bodies contain.
        let bodies = Self.reports.enumerated().map { number, report in
            let secret = Self.token(number / bodyCount, byteCount: 40)
            return report + secret + secret + Array(#","note":""#.utf8) + secret
        }
        let dictionary = try #require(DictionaryTrainer.train(on: bodies))
        let known = Self.windows(of: dictionary.bytes)
        for number in 0...(bodies.count / bodyCount) {
            #expect(known.isDisjoint(with: Self.windows(of: Self.token(number, byteCount: 40))), "text \(number)")
        }
    }

    @Test("a text that is in four bodies is in the dictionary")
    func justFrequentEnough() throws {
        let bodies = Self.reports.enumerated().map { $1 + Self.token($0 / 4, byteCount: 60) }
        let dictionary = try #require(DictionaryTrainer.train(on: bodies))
        #expect(contains(dictionary.bytes, Self.token(0, byteCount: 60)))
    }

    @Test("no eight consecutive bytes of the dictionary are in only one, two or three bodies")
    func everyWindow() throws {
        let bodies = Sample.withBody.map(\.body) + Self.reports
        let dictionary = try #require(DictionaryTrainer.train(on: bodies))
        var bodyCounts: [UInt64: Int] = [:]
        for body in Set(bodies) {
            for window in Self.windows(of: Array(body.prefix(64 << 10))) { bodyCounts[window, default: 0] += 1 }
        }
        for window in Self.windows(of: dictionary.bytes) {
            let count = bodyCounts[window, default: 0]
            #expect(count == 0 || count >= 4, "\(window)")
        }
    }

    @Test("a repeated body counts only once")
    func repeatedBody() throws {
        let secret = Self.token(1, byteCount: 200)
        let bodies = Self.reports + [[UInt8]](repeating: secret, count: 50)
        let dictionary = try #require(DictionaryTrainer.train(on: bodies))
        #expect(Self.windows(of: dictionary.bytes).isDisjoint(with: Self.windows(of: secret)))
    }

    @Test("the dictionary contains only text that is in at least 1 % of the bodies, and in at least 4 bodies")
    func percent() {
        #expect([0, 8, 400, 401, 1000, 65_535].map(DictionaryTrainer.rarestBodyCount) == [4, 4, 4, 5, 10, 656])
    }

    @Test("too few bodies, or bodies without common text, yield no dictionary")
    func nothingToLearn() {
        #expect(DictionaryTrainer.train(on: []) == nil)
        #expect(DictionaryTrainer.train(on: Array(Self.reports.prefix(7))) == nil)
        #expect(DictionaryTrainer.train(on: [[UInt8]](repeating: Self.reports[0], count: 100)) == nil)
        #expect(DictionaryTrainer.train(on: (0..<100).map { Self.token($0, byteCount: 300) }) == nil)
        #expect(DictionaryTrainer.train(on: (0..<100).map { [UInt8](repeating: 1, count: $0 % 9) }) == nil)
    }

    @Test("training can be stopped at each checkpoint", arguments: [1, 2, 200, 241])
    func ended(after count: Int) {
        struct Ended: Error {}
        var calls = 0
        #expect(throws: Ended.self) {
            try DictionaryTrainer.train(on: Self.reports) {
                calls += 1
                if calls == count { throw Ended() }
            }
        }
        #expect(calls == count)
    }

    @Test("bodies that use every byte value yield no dictionary")
    func binary() {
        let bodies = (0..<20).map { TestBody.report($0) + (0...255).map { UInt8($0) } }
        #expect(DictionaryTrainer.train(on: bodies) == nil)
    }

    @Test("a repeated byte does not fill the dictionary")
    func monotonous() throws {
        let bodies = (0..<20).map { TestBody.report($0) + [UInt8](repeating: 0x20, count: 5000) }
        let dictionary = try #require(DictionaryTrainer.train(on: bodies))
        #expect(dictionary.bytes.count { $0 == 0x20 } < 600)
    }

    @Test("only the first 64 KiB of a body are used")
    func longBodies() throws {
        let marker = Self.token(1, byteCount: 100)
        let filler = [UInt8](repeating: 0x20, count: 64 << 10)
        let bodies = (0..<10).map { TestBody.report($0) + filler + marker }
        let dictionary = try #require(DictionaryTrainer.train(on: bodies))
        #expect(!contains(dictionary.bytes, marker))
    }

    /// Random letters. The probability that two tokens have eight consecutive letters in common is 1 in 10^9.
    private static func token(_ number: Int, byteCount: Int) -> [UInt8] {
        var generator = SplitMix64(seed: 0x70_6b6e + UInt64(number))
        return (0..<byteCount).map { _ in UInt8.random(in: 0x61...0x7a, using: &generator) }
    }

    /// All sequences of eight bytes as big-endian numbers.
    private static func windows(of bytes: [UInt8]) -> Set<UInt64> {
        var window: UInt64 = 0
        var windows: Set<UInt64> = []
        for (index, byte) in bytes.enumerated() {
            window = window << 8 | UInt64(byte)
            if index >= 7 { windows.insert(window) }
        }
        return windows
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
}
