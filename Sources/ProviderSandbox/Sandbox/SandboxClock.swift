internal import Foundation
internal import Synchronization

/// The sandbox's time: the time of the machine, plus the time by which the clock was advanced. Waits end early if the
/// clock is advanced past their end, so a test does not wait half an hour until a token expires.
final class SandboxClock: Sendable {
    private struct State {
        var advance: TimeInterval = 0
        var sleeps: Set<Task<Void, Never>> = []
    }

    private let state = Mutex(State())

    var now: Date { Date() + state.withLock { $0.advance } }

    /// True if a task waits on this clock.
    var isAwaited: Bool { state.withLock { !$0.sleeps.isEmpty } }

    func advance(by seconds: TimeInterval) {
        let sleeps = state.withLock { state in
            state.advance += max(0, seconds)
            return state.sleeps
        }
        // Tasks whose time has not been reached sleep again.
        for sleep in sleeps { sleep.cancel() }
    }

    /// Waits on this clock. Returns early if the task is cancelled.
    func sleep(for seconds: TimeInterval) async {
        let due = now + seconds
        while !Task.isCancelled {
            let sleep = state.withLock { state -> Task<Void, Never>? in
                let rest = due.timeIntervalSince(Date() + state.advance)
                guard rest > 0 else { return nil }
                let sleep = Task { (try? await Task.sleep(for: .seconds(rest))) ?? () }
                state.sleeps.insert(sleep)
                return sleep
            }
            guard let sleep else { return }
            await withTaskCancellationHandler {
                await sleep.value
            } onCancel: {
                sleep.cancel()
            }
            state.withLock { _ = $0.sleeps.remove(sleep) }
        }
    }
}
