internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal

/// When the indexer pauses, so that deliveries wait for it as little as possible.
///
/// A low priority is not enough: a delivery that arrives on the indexer's core can still wait for it some milliseconds
/// (docs/decisions/0013-commit-path.md).
struct IndexPace {
    /// The load a second from which on gathering is better: entries are written together, and each page of a table once.
    private static let gatheringRate = 200.0
    private static let gathering: Duration = .milliseconds(150)
    /// Work between two rests, and a rest.
    private static let slice: Duration = .microseconds(500)
    private static let rest: Duration = .microseconds(500)
    /// Waiting entries from which on catching up comes first. Resting, the indexer still does several thousand a second.
    private static let restingLimit: Int64 = 4096

    private var lastRead = ContinuousClock.now
    /// Of the entries that were read since: 1 for a small one, more for a large one.
    private var load = 0
    private(set) var rests = false
    private var sliceStart = ContinuousClock.now

    /// A pace without pauses.
    static var unpaced: IndexPace { IndexPace() }

    mutating func add(_ load: Int) {
        self.load += load
    }

    /// Plans the next batch after one of `count` entries, with `waitingCount` left, and returns how long to gather before it: not at
    /// all while little arrives, so that it is found at once, or when as many wait already.
    mutating func next(
        after count: Int, waitingCount: Int64, at now: ContinuousClock.Instant = .now
    ) -> Duration {
        let seconds = lastRead.duration(to: now) / .seconds(1)
        lastRead = now
        let isMuch = Double(max(load, count)) > max(seconds, 0.001) * Self.gatheringRate && count > 1
        load = 0
        rests = isMuch && waitingCount < Self.restingLimit
        return isMuch && waitingCount < count ? Self.gathering : .zero
    }

    /// Sleeps for a moment after a slice of work.
    mutating func restIfDue() {
        guard rests, sliceStart.duration(to: .now) >= Self.slice else { return }
        Thread.sleep(forTimeInterval: Self.rest / .seconds(1))
        sliceStart = .now
    }
}

/// How far the index may fall behind the journal while deliveries arrive faster than they can be dealt with one by one.
package struct IndexLag: Sendable, Equatable {
    /// Entries.
    package var count = 250_000
    /// Since the oldest of them was recorded.
    package var age: Duration = .seconds(20)

    package init() {}

    /// Measured against the machine's clock, as arrivals are.
    func isExceeded(count: Int64, oldest: Timestamp?) -> Bool {
        guard let oldest else { return false }
        let now = Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
        return count > self.count || now.milliseconds(since: oldest) > age.components.seconds * 1000
    }
}
