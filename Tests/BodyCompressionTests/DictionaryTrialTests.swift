import BodyCompression
import Testing

@Suite("Trying a new dictionary")
struct DictionaryTrialTests {
    private let heldOut = (0..<20).map { TestBody.report($0) }
    private let good = TestBody.dictionary

    @Test("a dictionary that suits the bodies is worth keeping where none is in use")
    func firstOne() {
        let trial = DictionaryTrial(on: heldOut, level: 6, current: nil, candidate: good)
        #expect(trial.isWorthKeeping)
        #expect(trial.rawByteCount == heldOut.reduce(0) { $0 + $1.count })
        #expect(trial.plainByteCount < trial.rawByteCount)
        #expect(trial.currentByteCount == trial.plainByteCount)
        #expect(trial.candidateByteCount < trial.plainByteCount)
    }

    @Test("one that has nothing in common with the bodies is not")
    func foreign() throws {
        let foreign = try #require(PresetDictionary(TestBody.incompressible(5000)))
        #expect(!DictionaryTrial(on: heldOut, level: 6, current: nil, candidate: foreign).isWorthKeeping)
    }

    @Test("one that does as well as the one in use is not")
    func same() {
        let trial = DictionaryTrial(on: heldOut, level: 3, current: good, candidate: good)
        #expect(!trial.isWorthKeeping)
        #expect(trial.currentByteCount == trial.candidateByteCount)
        #expect(trial.currentByteCount < trial.plainByteCount)
    }

    @Test("one that does better than the one in use is")
    func better() throws {
        let outdated = try #require(PresetDictionary(TestBody.incompressible(5000)))
        let trial = DictionaryTrial(on: heldOut, level: 3, current: outdated, candidate: good)
        #expect(trial.isWorthKeeping)
        #expect(trial.currentByteCount >= trial.plainByteCount)
    }

    @Test("nothing to try it on, or nothing that shrinks, keeps none")
    func nothing() {
        #expect(!DictionaryTrial(on: [], level: 6, current: nil, candidate: good).isWorthKeeping)
        let ignored = [TestBody.incompressible(500), []]
        let trial = DictionaryTrial(on: ignored, level: 6, current: nil, candidate: good)
        #expect(!trial.isWorthKeeping)
        #expect(trial.candidateByteCount == 500)
    }

    @Test("every fourth body is held out", arguments: [0, 1, 3, 4, 5, 8, 103])
    func split(count: Int) {
        let bodies = (0..<count).map { [UInt8](repeating: 7, count: $0) }
        let (training, heldOut) = DictionaryTrial.split(bodies)
        #expect(heldOut.map(\.count) == (0..<count).filter { $0 % 4 == 3 })
        #expect(training.map(\.count) == (0..<count).filter { $0 % 4 != 3 })
    }
}
