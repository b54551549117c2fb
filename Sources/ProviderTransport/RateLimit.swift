internal import Deliveries
internal import Synchronization

/// A token bucket, refilled evenly: bursts up to a minute's worth, never more than the provider grants.
///
/// Callers of one account share one value.
package final class RateLimit: Sendable {
    private struct State {
        /// Permissions left, parts of one included; negative for calls that wait.
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

    /// Takes a permission and says how long to wait before it is used. A clock that goes back refills nothing.
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
