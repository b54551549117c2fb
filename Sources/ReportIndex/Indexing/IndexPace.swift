internal import Foundation

/// When the indexer pauses, so that deliveries wait for it as little as possible.
///
/// A low priority is not enough: a delivery that arrives on the indexer's core can still wait for it some milliseconds
/// (docs/decisions/0013-commit-path.md).
struct IndexPace {
    /// Entries a second from which on gathering is better: they are written together, and each page of a table once.
    private static let gatheringRate = 200.0
    private static let gathering: Duration = .milliseconds(150)
    /// Work between two rests, and a rest.
    private static let slice: Duration = .microseconds(500)
    private static let rest: Duration = .microseconds(500)
    /// Waiting entries from which on catching up comes first. Resting, the indexer still does several thousand a second.
    private static let restingLimit: Int64 = 4096

    private var lastRead = ContinuousClock.now
    private(set) var rests = false
    private var sliceStart = ContinuousClock.now

    /// A pace without pauses.
    static var unpaced: IndexPace { IndexPace() }

    /// Plans the next batch after one of `count` entries, with `waitingCount` left, and returns how long to gather before it: not at
    /// all while little arrives, so that it is found at once, or when a full batch waits.
    mutating func next(after count: Int, waitingCount: Int64) -> Duration {
        let now = ContinuousClock.now
        let seconds = lastRead.duration(to: now) / .seconds(1)
        lastRead = now
        let isMuch = Double(count) > max(seconds, 0.001) * Self.gatheringRate && count > 1
        rests = isMuch && waitingCount < Self.restingLimit
        return isMuch && waitingCount < IndexFile.batchCountLimit ? Self.gathering : .zero
    }

    /// Sleeps for a moment after a slice of work.
    mutating func restIfDue() {
        guard rests, sliceStart.duration(to: .now) >= Self.slice else { return }
        Thread.sleep(forTimeInterval: Self.rest / .seconds(1))
        sliceStart = .now
    }
}
