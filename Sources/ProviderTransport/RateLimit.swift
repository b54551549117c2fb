internal import Deliveries
internal import Synchronization

/// A token bucket that is refilled evenly. The capacity of the bucket is the number of calls per minute.
///
/// All callers of an account share the bucket.
package final class RateLimit: Sendable {
    private struct State {
        /// The number of calls that may be made now; negative if calls are waiting.
        var level: Double
        var updated: Timestamp?
    }

    private let capacity: Double
    private let state: Mutex<State>

    /// - Parameter callsPerMinute: must be at least 1.
    package init(callsPerMinute: Int) {
        self.capacity = Double(max(1, callsPerMinute))
        self.state = Mutex(State(level: capacity, updated: nil))
    }

    /// Reserves a call. Returns the wait until the call may be made. If the clock was set back, the bucket is not
    /// refilled.
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
