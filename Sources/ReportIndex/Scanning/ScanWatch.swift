internal import Synchronization

/// Controls a scan over bodies: its progress and its cancellation.
package final class ScanWatch: Sendable {
    private let stopped = Atomic(false)
    private let isCancelled: @Sendable () -> Bool
    let progress: @Sendable (ScanCounts) -> Void

    /// - Parameters:
    ///   - isCancelled: called often, on several threads. Returning true stops the scan, as `stop` does.
    ///   - progress: called often with the counts so far, on the thread that started the scan.
    package init(
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (ScanCounts) -> Void = { _ in }
    ) {
        self.isCancelled = isCancelled
        self.progress = progress
    }

    /// Stops the scan soon; its results so far are kept. Can be called on any thread, and more than once.
    package func stop() {
        stopped.store(true, ordering: .relaxed)
    }

    package var isStopped: Bool {
        stopped.load(ordering: .relaxed) || isCancelled()
    }
}

/// The counts of a scan over bodies.
package struct ScanCounts: Sendable, Equatable {
    /// The number of bodies that were opened.
    package var scanned = 0
    /// The number of reports that matched.
    package var matched = 0
    /// The number of pruned bodies, which cannot be searched.
    package var skipped = 0
    /// The number of bodies that are damaged and cannot be read.
    package var damaged = 0
    /// The number of deliveries scanned so far, out of `total`.
    package var done: Int64 = 0
    package var total: Int64 = 0
    /// False if the scan was stopped or reached the limit.
    package var isComplete = true

    package init() {}

    mutating func add(_ other: ScanCounts) {
        scanned += other.scanned
        skipped += other.skipped
        damaged += other.damaged
        done += other.done
    }
}
