internal import Foundation
internal import Synchronization

/// A POSIX thread that its owner joins. Foundation's `Thread` is detached and cannot be joined.
package final class OwnedThread: Sendable {
    /// The system cannot start another thread.
    package struct CannotStart: Error {
        /// The error code of `pthread_create`.
        package let code: Int32
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// The handle of the thread; nil after `join()`.
    private let handle: Mutex<pthread_t?>

    /// Starts the thread.
    ///
    /// - Parameter name: the name in `top -H` and debuggers. Linux keeps only the first 15 bytes.
    package init(_ name: String, _ run: @escaping @Sendable () -> Void) throws(CannotStart) {
        let body = Unmanaged.passRetained(
            Body {
                Thread.current.name = name
                run()
            })
        #if canImport(Darwin)
            var created: pthread_t?
        #else
            var created = pthread_t()
        #endif
        let code = pthread_create(
            &created, nil,
            { argument in
                guard let argument = argument as UnsafeMutableRawPointer? else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            throw CannotStart(code: code)
        }
        handle = Mutex(created)
    }

    deinit {
        handle.withLock { assert($0 == nil, "a thread was not joined") }
    }

    /// Waits until the thread has ended. Several calls can wait at the same time. Blocks, so it must not be called on
    /// event loops, the cooperative pool or the thread itself.
    package func join() {
        handle.withLock { handle in
            if let joined = handle.take() { pthread_join(joined, nil) }
        }
    }
}

/// The scheduling priority of threads whose work is less urgent than event loops and the journal's writer. The raw
/// value is the nice value.
package enum ThreadPriority: Int32 {
    /// The priority of the indexer and the quarantine. It is only slightly lower than normal, because queries need the
    /// results of these threads.
    case background = 10
    case maintenance = 19

    /// Sets the priority of the calling thread. On Linux each thread has its own nice value (sched(7)); on other
    /// systems this call does nothing.
    package func applyToCurrentThread() {
        #if os(Linux)
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, rawValue)
        #endif
    }
}
