import Testing

@testable import ReportIndex

@Suite struct IndexPaceTests {
    @Test("the indexer pauses to gather entries while many entries arrive and few entries are waiting")
    func gathering() {
        var pace = IndexPace()
        #expect(pace.next(after: 1, waitingCount: 0) == .zero)
        #expect(pace.next(after: 1000, waitingCount: 0) == .milliseconds(150))
        #expect(pace.next(after: 1000, waitingCount: 999) == .milliseconds(150))
        #expect(pace.next(after: 1000, waitingCount: 1000) == .zero)
    }

    @Test(
        "a few large entries count as much as many small entries", arguments: [(20, false), (190, false), (210, true)])
    func load(load: Int, isMuch: Bool) {
        var pace = IndexPace()
        pace.add(load)
        #expect((pace.next(after: 20, waitingCount: 0, at: .now + .seconds(1)) > .zero) == isMuch)
        #expect(pace.rests == isMuch)
        #expect(pace.next(after: 20, waitingCount: 0, at: .now + .seconds(2)) == .zero)
    }

    @Test("the indexer rests while many entries arrive, but not if it is far behind", arguments: [0, 4095, 4096])
    func rests(waitingCount: Int64) {
        var pace = IndexPace()
        _ = pace.next(after: 1000, waitingCount: waitingCount)
        #expect(pace.rests == (waitingCount < 4096))
    }

    @Test("the indexer rests only after a large batch, and not if it is far behind")
    func unpaced() {
        var pace = IndexPace.unpaced
        #expect(!pace.rests)
        pace.restIfDue()
        _ = pace.next(after: 1000, waitingCount: 4096)
        #expect(!pace.rests)
        _ = pace.next(after: 1000, waitingCount: 0)
        #expect(pace.rests)
        _ = pace.next(after: 1, waitingCount: 0)
        #expect(!pace.rests)
    }
}
