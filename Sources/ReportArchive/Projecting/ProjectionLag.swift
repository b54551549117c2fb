internal import Deliveries
internal import Foundation
internal import GRDB

/// How far the projection may fall behind the journal while deliveries come in a crowd.
package struct ProjectionLag: Sendable, Equatable {
    /// Deliveries.
    package var count = 250_000
    /// Since the oldest of them arrived.
    package var age: Duration = .seconds(20)

    package init() {}

    /// How far behind it is.
    struct State {
        let count: Int64
        let oldest: Timestamp?

        init(_ db: Database) throws {
            let cursor = try ProjectionTables.cursor(db)
            let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM journal") ?? 0
            count = max(0, last - max(0, cursor))
            oldest = try Int64.fetchOne(
                db, sql: "SELECT receivedAtMilliseconds FROM journal WHERE id > ? ORDER BY id LIMIT 1",
                arguments: [cursor]
            ).map(Timestamp.init(millisecondsSinceEpoch:))
        }
    }

    /// Measured against the machine's clock, as arrivals are.
    func isExceeded(by state: State) -> Bool {
        guard let oldest = state.oldest else { return false }
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        return state.count > count || now - oldest.millisecondsSinceEpoch > age.components.seconds * 1000
    }
}

/// How long to wait before the next look at the journal: not at all where little comes, so that it is found at once; a moment
/// where much does, so that it is written together and each page of an index once.
struct ProjectionPace {
    /// Deliveries a second from which on it is better to gather.
    private static let gatheringRate = 200.0
    private static let gathering: Duration = .milliseconds(150)

    private var lastLook = ContinuousClock.now

    mutating func pause(after count: Int) -> Duration {
        let now = ContinuousClock.now
        let seconds = lastLook.duration(to: now) / .seconds(1)
        lastLook = now
        return Double(count) > max(seconds, 0.001) * Self.gatheringRate && count > 1 ? Self.gathering : .zero
    }
}
