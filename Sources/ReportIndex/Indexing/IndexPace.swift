internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal

/// Determines the pauses of the indexer. A low thread priority is not enough, because a delivery that arrives on the
/// indexer's core can wait some milliseconds until the indexer yields (docs/decisions/0013-commit-path.md).
struct IndexPace {
    /// The load per second at which entries are gathered and written together, so each page of a table is changed once.
    private static let gatheringRate = 200.0
    private static let gathering: Duration = .milliseconds(150)
    /// The working time between two rests.
    private static let slice: Duration = .microseconds(500)
    private static let rest: Duration = .microseconds(500)
    /// The number of waiting entries at which the indexer no longer rests. With rests, the indexer indexes several
    /// thousand entries per second.
    private static let restingLimit: Int64 = 4096

    private var lastRead = ContinuousClock.now
    /// The load of the entries since `lastRead`: 1 for a small entry, more for a large entry.
    private var load = 0
    private(set) var rests = false
    private var sliceStart = ContinuousClock.now

    static var unpaced: IndexPace { IndexPace() }

    mutating func add(_ load: Int) {
        self.load += load
    }

    /// Plans the next batch after a batch of `count` entries. Returns the time to gather entries before that batch. The
    /// time is zero if few entries arrive, because queries should find them at once, or if enough entries already wait.
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

    mutating func restIfDue() {
        guard rests, sliceStart.duration(to: .now) >= Self.slice else { return }
        Thread.sleep(forTimeInterval: Self.rest / .seconds(1))
        sliceStart = .now
    }
}

/// The limits for how far the index may fall behind the journal while many deliveries arrive.
package struct IndexLag: Sendable, Equatable {
    /// The maximum number of unindexed entries.
    package var count = 250_000
    /// The maximum time since the oldest unindexed entry was recorded.
    package var age: Duration = .seconds(20)

    package init() {}

    func isExceeded(count: Int64, oldest: Timestamp?) -> Bool {
        guard let oldest else { return false }
        let now = Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
        return count > self.count || now.milliseconds(since: oldest) > age.components.seconds * 1000
    }
}
