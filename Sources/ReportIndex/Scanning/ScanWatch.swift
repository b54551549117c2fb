internal import Synchronization

/// How a scan over bodies goes: told while it runs, and stopped.
package final class ScanWatch: Sendable {
    private let stopped = Atomic(false)
    private let isCancelled: @Sendable () -> Bool
    let tell: @Sendable (ScanCounts) -> Void

    /// - Parameters:
    ///   - isCancelled: asked often, by several threads; ends the scan as `stop` does.
    ///   - progress: told what was done so far, often, by the thread that asked for the scan.
    package init(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (ScanCounts) -> Void = { _ in }
    ) {
        self.isCancelled = isCancelled
        tell = progress
    }

    /// Ends the scan soon, with what it has. May be called from anywhere, more than once.
    package func stop() {
        stopped.store(true, ordering: .relaxed)
    }

    package var isStopped: Bool {
        stopped.load(ordering: .relaxed) || isCancelled()
    }
}

/// What a scan over bodies came to.
package struct ScanCounts: Sendable, Equatable {
    /// Bodies that were opened.
    package var scanned = 0
    /// Reports of theirs that matched.
    package var matched = 0
    /// Bodies that retention had taken, so that nobody can tell.
    package var skipped = 0
    /// Deliveries whose bodies do not open: damage.
    package var damaged = 0
    /// Of the deliveries that are gone through, how many were.
    package var done: Int64 = 0
    package var total: Int64 = 0
    /// Whether everything was gone through: not stopped, and not ended because there were as many as were wanted.
    package var isComplete = true

    package init() {}

    mutating func add(_ other: ScanCounts) {
        scanned += other.scanned
        skipped += other.skipped
        damaged += other.damaged
        done += other.done
    }
}
