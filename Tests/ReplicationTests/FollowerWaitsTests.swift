import Synchronization
import Testing

@testable import Replication

@Suite("Commits that wait for a follower")
struct FollowerWaitsTests {
    private let start = ContinuousClock.now

    private final class Outcomes: Sendable {
        let all = Mutex<[String]>([])

        func note(_ name: String) -> FollowerWaits.Finish {
            { isFollowed in self.all.withLock { $0.append("\(name) \(isFollowed)") } }
        }

        var taken: [String] { all.withLock { $0 } }
    }

    private func time(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test("a request acknowledges the commits before its offset, and none after it")
    func acknowledge() {
        let outcomes = Outcomes()
        var waits = FollowerWaits()
        for position in 3...6 {
            let isKept = waits.add(Int64(position), until: time(position), outcomes.note("\(position)"))
            #expect(isKept)
        }
        for finish in waits.acknowledge(upTo: 4) { finish(true) }
        #expect(outcomes.taken == ["3 true", "4 true"])
        #expect(waits.count == 2)
        // A follower that is behind another follower acknowledges no more commits.
        #expect(waits.acknowledge(upTo: 2).isEmpty)
        #expect(waits.acknowledged == 4)
        let isKept = waits.add(4, until: time(9), outcomes.note("late"))
        #expect(!isKept, "a follower has it already")
    }

    @Test("commits that wait too long expire in order, and later commits keep waiting")
    func expire() {
        let outcomes = Outcomes()
        var waits = FollowerWaits()
        #expect(waits.deadline == nil)
        for position in 1...3 { _ = waits.add(Int64(position), until: time(position), outcomes.note("\(position)")) }
        #expect(waits.deadline == time(1))
        #expect(waits.expired(at: time(0)).isEmpty)
        for finish in waits.expired(at: time(2)) { finish(false) }
        #expect(outcomes.taken == ["1 false", "2 false"])
        #expect(waits.deadline == time(3))
        // An expired wait is not acknowledged later, because its response was already 503.
        for finish in waits.acknowledge(upTo: 3) { finish(true) }
        #expect(outcomes.taken == ["1 false", "2 false", "3 true"])
        #expect(waits.removeAll().isEmpty)
    }

    @Test("a silent follower counts as disconnected unless it waits for an entry; the number of followers is limited")
    func followers() {
        var table = FollowerTable()
        #expect(!table.isFollowed(at: start))
        _ = table.note("one", 1, 5, at: start)
        #expect(table.isFollowed(at: time(5)))
        #expect(!table.isFollowed(at: time(6)))
        table.noteWaiting("one", 1, at: time(6))
        #expect(table.isFollowed(at: time(60)))
        table.noteWaiting("one", -1, at: time(60))
        #expect(table.isFollowed(at: time(61)))
        #expect(!table.isFollowed(at: time(66)))
        for number in 0..<40 { _ = table.note("node-\(number)", 1, 1, at: time(100 + number)) }
        #expect(table.followers.count == FollowerTable.countLimit)
        #expect(table.followers.last?.node == "node-39")
    }
}
