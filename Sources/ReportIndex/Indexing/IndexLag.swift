internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal

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

/// How long to wait before the journal is read again: not at all while little arrives, so that it is found at once; a moment while
/// much does, so that it is written together and each page of a table once.
struct IndexPace {
    /// Entries a second from which on gathering is better.
    private static let gatheringRate = 200.0
    private static let gathering: Duration = .milliseconds(150)

    private var lastRead = ContinuousClock.now

    mutating func pause(after count: Int) -> Duration {
        let now = ContinuousClock.now
        let seconds = lastRead.duration(to: now) / .seconds(1)
        lastRead = now
        return Double(count) > max(seconds, 0.001) * Self.gatheringRate && count > 1 ? Self.gathering : .zero
    }
}
