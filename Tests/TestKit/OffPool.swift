internal import Foundation
internal import Glibc
internal import Synchronization
package import Testing

/// Runs tests on separate threads instead of the cooperative pool, which has one thread per core.
///
/// In the pool, a test that blocks would occupy a thread, and a test that waits for a socket would continue only after
/// all tests that are queued before it. Child tasks also run outside of the pool, but unstructured tasks do not. A test
/// that hangs is reported and ends the run. Its time limit begins when the test starts, not when it is queued.
package struct OffPool: SuiteTrait, TestTrait, TestScoping {
    fileprivate let gate: Gate
    /// The number of seconds after which a test is considered to hang; nil if the programs of the test have their own
    /// limits.
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
    /// For tests that block, or that use a server in this process.
    package static var offPool: Self { Self(gate: .offPool, limit: 600) }
    /// For tests that run programs. Only a few of these tests run at the same time, so no program waits long for a
    /// core.
    package static var programs: Self { Self(gate: .programs, limit: nil) }
}

/// Starts a thread for every job, so a job that blocks does not delay other jobs.
package final class ThreadPerJob: TaskExecutor {
    package static let shared = ThreadPerJob()

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

/// Admits a few tests at a time. The other tests wait in order, without a thread.
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

/// Measures the CPU time of the current thread. The load of the machine hardly affects it.
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
