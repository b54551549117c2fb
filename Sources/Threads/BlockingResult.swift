internal import Foundation
internal import Synchronization

/// The result of work on another thread. `wait` blocks the calling thread, so it must not be called on event loops or
/// the cooperative pool.
package final class BlockingResult<Success: Sendable, Failure: Error>: Sendable {
    private let result = Mutex<Result<Success, Failure>?>(nil)
    private let isFinished = DispatchSemaphore(value: 0)

    package init() {}

    /// Sets the result. Must be called exactly once.
    package func finish(_ result: Result<Success, Failure>) {
        self.result.withLock { $0 = result }
        isFinished.signal()
    }

    package func wait() throws(Failure) -> Success {
        while true {
            if let result = result.withLock({ $0 }) { return try result.get() }
            isFinished.wait()
        }
    }
}
