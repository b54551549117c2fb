internal import Foundation

/// Threads whose work can wait. Event loops and the writer go before them, for somebody waits for those.
package enum BackgroundThread: Int32 {
    /// Queries wait for it.
    case indexing = 10
    /// Nobody does.
    case maintenance = 19

    /// Lets the scheduler prefer other threads to the one that calls this. On Linux a nice value is a thread's own (sched(7));
    /// where it cannot be set, nothing changes.
    package func yieldToOthers() {
        #if os(Linux)
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, rawValue)
        #endif
    }
}
