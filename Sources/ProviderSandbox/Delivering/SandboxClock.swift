package import Foundation
internal import Synchronization

/// The sandbox's time: the real one and what it was put forward by. Waits end early when it is put forward past them, so
/// that a token's half hour, or a retry's four seconds, need not be sat out.
package final class SandboxClock: Sendable {
    private struct State {
        var advance: TimeInterval = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Date {
        Date() + state.withLock { $0.advance }
    }

    /// Puts the clock forward; it never goes back.
    package func advance(by seconds: TimeInterval) {
        let waiters = state.withLock { state in
            state.advance += max(0, seconds)
            defer { state.waiters = [:] }
            return state.waiters.values.map { $0 }
        }
        // Each looks again whether its time has come.
        for waiter in waiters { waiter.resume() }
    }

    /// Waits on this clock; returns early where the task is cancelled.
    package func sleep(for seconds: TimeInterval) async {
        await sleep(until: now + seconds)
    }

    /// The same, for a moment on this clock.
    package func sleep(until due: Date) async {
        while !Task.isCancelled {
            let advance = state.withLock { $0.advance }
            let rest = due.timeIntervalSince(Date() + advance)
            guard rest > 0 else { return }
            await withTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { try? await Task.sleep(for: .seconds(rest)) }
                group.addTask { await self.nextAdvance(after: advance) }
                await group.next()
            }
        }
    }

    /// Returns when the clock has been put forward beyond this, which may be already.
    private func nextAdvance(after seen: TimeInterval) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || state.advance > seen { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
