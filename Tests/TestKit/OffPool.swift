internal import Foundation
internal import Glibc
internal import Synchronization
package import Testing

/// Runs tests on threads of their own instead of the cooperative pool, which has one thread per core.
///
/// A test that blocks would keep one of those from all others, and a test that waits for a socket would continue only after
/// every test that is queued before it. Child tasks stay off the pool as well; unstructured tasks do not. A test that hangs
/// ends the run and is named; its time counts from when it begins, not from when it was queued.
package struct OffPool: SuiteTrait, TestTrait, TestScoping {
    fileprivate let gate: Gate
    /// Seconds after which a test counts as hanging; nil if its programs have their own limits.
    fileprivate let limit: Int?

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        await gate.enter()
        defer { gate.leave() }
        let watchdog = DispatchWorkItem { fatalError("\(test.name) does not end") }
        if let limit { DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(limit), execute: watchdog) }
        defer { watchdog.cancel() }
        try await withTaskExecutorPreference(ThreadPerJob.shared) { try await function() }
    }
}

extension Trait where Self == OffPool {
    /// For tests that block, or that talk to a server of this process.
    package static var offPool: Self { Self(gate: .offPool, limit: 1_200) }
    /// For tests that run whole programs: a few at a time, because no program must wait long for a core.
    package static var programs: Self { Self(gate: .programs, limit: nil) }
}

/// Starts a thread for every job. A job that blocks delays no other.
package final class ThreadPerJob: TaskExecutor {
    package static let shared = ThreadPerJob()

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// Lets a few in at a time. The others wait without a thread, in order of arrival.
private final class Gate: Sendable {
    static let offPool = Gate(count: 8 * ProcessInfo.processInfo.activeProcessorCount)
    static let programs = Gate(count: 2 + ProcessInfo.processInfo.activeProcessorCount)

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(free: count))
    }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}

/// The time that a thread computes, which does not depend on what else the machine does.
package enum CPUTime {
    package static func spent(_ work: () throws -> Void) rethrows -> Duration {
        let start = now()
        try work()
        return now() - start
    }

    private static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
