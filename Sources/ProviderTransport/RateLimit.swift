internal import Deliveries
internal import Synchronization

/// A token bucket that is refilled evenly and holds a minute's calls.
///
/// Shared by the callers of an account.
package final class RateLimit: Sendable {
    private struct State {
        /// The calls that are left; negative if calls wait.
        var level: Double
        var updated: Timestamp?
    }

    private let capacity: Double
    private let state: Mutex<State>

    /// - Parameter callsPerMinute: at least one.
    package init(callsPerMinute: Int) {
        self.capacity = Double(max(1, callsPerMinute))
        self.state = Mutex(State(level: capacity, updated: nil))
    }

    /// Reserves a call and returns the wait until it may be made. A clock that is set back refills nothing.
    func take(at now: Timestamp) -> Duration {
        state.withLock { state in
            let elapsed = max(0, now.milliseconds(since: state.updated ?? now))
            state.level = min(capacity, state.level + Double(elapsed) * capacity / 60_000)
            state.updated = now
            state.level -= 1
            guard state.level < 0 else { return .zero }
            return .milliseconds(Int64((-state.level * 60_000 / capacity).rounded(.up)))
        }
    }
}
