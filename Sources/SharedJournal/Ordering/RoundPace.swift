internal import Foundation

/// The pause between two rounds of the leader or of a follower.
///
/// A round executes statements and syncs the disk that receivers also use. While many entries arrive, rounds are
/// therefore less frequent and larger. Queries then see new entries slightly later; acknowledgements never wait for a
/// round.
struct RoundPace {
    static let shortestPause: TimeInterval = 0.01
    /// The pause at `busyRate` or more entries per second, in seconds.
    static let busyPause: TimeInterval = 0.2
    /// The pause while no entries arrive, in seconds.
    static let longestPause: TimeInterval = 0.1
    /// The entries per second at which rounds become less frequent.
    private static let busyRate = 500.0

    private var pause = Self.shortestPause
    private var lastRound: ContinuousClock.Instant

    init(at now: ContinuousClock.Instant = .now) {
        lastRound = now
    }

    /// Returns the pause in seconds after a round with `count` entries.
    mutating func next(after count: Int, at now: ContinuousClock.Instant = .now) -> TimeInterval {
        let seconds = lastRound.duration(to: now) / .seconds(1)
        lastRound = now
        guard count > 0 else {
            pause = min(pause * 2, Self.longestPause)
            return pause
        }
        pause = Self.shortestPause
        return Double(count) >= Self.busyRate * seconds ? Self.busyPause : pause
    }
}
