import Testing

@testable import SharedJournal

@Suite("The size of a leader's rounds")
struct RoundSizeTests {
    private let limit: Duration = .seconds(4)

    @Test("the size of rounds shrinks after failed rounds, down to one entry of each lane")
    func failures() {
        var size = RoundSize()
        let counts = (0..<8).map { _ in
            size.noteFailure()
            return size.count
        }
        #expect(counts == [512, 128, 32, 8, 2, 1, 1, 1])
    }

    @Test("the size of rounds grows after a full and fast round, and is unchanged after other rounds")
    func successes() {
        var size = RoundSize()
        size.noteRound(of: size.count, in: .zero, limit: limit)
        #expect(size == RoundSize())
        size.noteFailure()
        size.noteRound(of: 511, in: .zero, limit: limit)
        size.noteRound(of: 2000, in: .seconds(1), limit: limit)
        #expect(size.count == 512)
        size.noteRound(of: 512, in: .milliseconds(999), limit: limit)
        #expect(size.count == 1024)
        size.noteRound(of: 3000, in: .zero, limit: limit)
        size.noteRound(of: 4000, in: .zero, limit: limit)
        #expect(size.count == RoundSize.largest)
    }
}
