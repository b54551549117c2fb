internal import Foundation
internal import Synchronization

/// The last indexed position, for those who wait for one.
final class IndexProgress: Sendable {
    private struct Waiter: Sendable {
        let position: Int64
        let signal: DispatchSemaphore
    }

    private struct State {
        var position: Int64 = 0
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    var position: Int64 {
        state.withLock { $0.position }
    }

    func advance(to position: Int64) {
        let reached = state.withLock { state in
            state.position = max(state.position, position)
            let reached = state.waiters.filter { $0.position <= state.position }
            state.waiters.removeAll { $0.position <= state.position }
            return reached
        }
        for waiter in reached { waiter.signal.signal() }
    }

    func wait(for position: Int64, limit: Duration) -> Bool {
        let signal = DispatchSemaphore(value: 0)
        let isReached = state.withLock { state in
            if state.position >= position { return true }
            state.waiters.append(Waiter(position: position, signal: signal))
            return false
        }
        if isReached { return true }
        if signal.wait(timeout: .now() + limit / .seconds(1)) == .success { return true }
        state.withLock { $0.waiters.removeAll { $0.signal === signal } }
        return false
    }
}
