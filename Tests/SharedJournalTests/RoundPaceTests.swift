import Testing

@testable import SharedJournal

@Suite("The pauses of leader and follower")
struct RoundPaceTests {
    private let start = ContinuousClock.now

    @Test("the pauses double up to a limit while no entries arrive, and are short again after an entry")
    func idle() {
        var pace = RoundPace(at: start)
        let pauses = (1...5).map { pace.next(after: 0, at: start + .seconds($0)) }
        #expect(pauses == [0.02, 0.04, 0.08, 0.1, 0.1])
        #expect(pace.next(after: 1, at: start + .seconds(6)) == RoundPace.shortestPause)
    }

    @Test("the pauses are longer if 500 or more entries arrive per second")
    func busy() {
        var pace = RoundPace(at: start)
        #expect(pace.next(after: 499, at: start + .seconds(1)) == RoundPace.shortestPause)
        #expect(pace.next(after: 500, at: start + .seconds(2)) == RoundPace.busyPause)
        #expect(pace.next(after: 25, at: start + .seconds(2) + .milliseconds(50)) == RoundPace.busyPause)
        #expect(pace.next(after: 0, at: start + .seconds(3)) == 0.02)
    }
}
