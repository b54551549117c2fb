internal import Foundation

/// Threads whose work can wait.
package enum BackgroundThread {
    /// Lets the scheduler prefer other threads to the one that calls this: event loops and the writer have somebody waiting. On
    /// Linux a nice value is a thread's own (sched(7)); where it cannot be set, nothing changes.
    package static func yieldToOthers() {
        #if os(Linux)
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
        #endif
    }
}
