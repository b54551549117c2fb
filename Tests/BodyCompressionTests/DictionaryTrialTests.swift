import BodyCompression
import Testing

@Suite("Trials of a new dictionary")
struct DictionaryTrialTests {
    private let heldOut = (0..<20).map { TestBody.report($0) }
    private let good = TestBody.dictionary

    @Test("a suitable first dictionary is worth keeping")
    func firstOne() {
        let trial = DictionaryTrial(on: heldOut, level: 6, current: nil, candidate: good)
        #expect(trial.isWorthKeeping)
        #expect(trial.rawByteCount == heldOut.reduce(0) { $0 + $1.count })
        #expect(trial.plainByteCount < trial.rawByteCount)
        #expect(trial.currentByteCount == trial.plainByteCount)
        #expect(trial.candidateByteCount < trial.plainByteCount)
    }

    @Test("an unsuitable dictionary is not worth keeping")
    func foreign() throws {
        let foreign = try #require(PresetDictionary(TestBody.incompressible(5000)))
        #expect(!DictionaryTrial(on: heldOut, level: 6, current: nil, candidate: foreign).isWorthKeeping)
    }

    @Test("a dictionary that saves as much as the current one is not worth keeping")
    func same() {
        let trial = DictionaryTrial(on: heldOut, level: 3, current: good, candidate: good)
        #expect(!trial.isWorthKeeping)
        #expect(trial.currentByteCount == trial.candidateByteCount)
        #expect(trial.currentByteCount < trial.plainByteCount)
    }

    @Test("a dictionary that saves more than the current one is worth keeping")
    func better() throws {
        let outdated = try #require(PresetDictionary(TestBody.incompressible(5000)))
        let trial = DictionaryTrial(on: heldOut, level: 3, current: outdated, candidate: good)
        #expect(trial.isWorthKeeping)
        #expect(trial.currentByteCount >= trial.plainByteCount)
    }

    @Test("if no body shrinks, no dictionary is worth keeping")
    func nothing() {
        #expect(!DictionaryTrial(on: [], level: 6, current: nil, candidate: good).isWorthKeeping)
        let ignored = [TestBody.incompressible(500), []]
        let trial = DictionaryTrial(on: ignored, level: 6, current: nil, candidate: good)
        #expect(!trial.isWorthKeeping)
        #expect(trial.candidateByteCount == 500)
    }

    @Test("every fourth body is reserved for the trial", arguments: [0, 1, 3, 4, 5, 8, 103])
    func split(count: Int) {
        let bodies = (0..<count).map { [UInt8](repeating: 7, count: $0) }
        let (training, heldOut) = DictionaryTrial.split(bodies)
        #expect(heldOut.map(\.count) == (0..<count).filter { $0 % 4 == 3 })
        #expect(training.map(\.count) == (0..<count).filter { $0 % 4 != 3 })
    }
}
