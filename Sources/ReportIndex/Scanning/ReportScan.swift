internal import Foundation
internal import GRDB
internal import Journal
internal import Threads

/// Scans bodies on all cores. Each worker reads one part at a time through its own connection, because a long snapshot
/// would prevent the writer from restarting its log. Results are passed on in the order of the parts.
///
/// `@unchecked Sendable`: `condition` guards the variables.
final class ReportScan: @unchecked Sendable {
    /// The maximum number of workers. More workers would only wait for the disk and for each other.
    private static let workerLimit = 8
    /// The number of parts per worker that may be scanned before the consumer reads them. Limits the memory for
    /// results.
    private static let lead = 4

    private typealias Outcome = Result<(reports: [ReportSummary], counts: ScanCounts), any Error>

    private let filter: ReportFilter
    private let directory: ArchiveDirectory
    private let watch: ScanWatch
    private let workersWatch = ScanWatch()
    private let matcher: BodyMatcher
    private let largeBodies = LargeBodies()
    private let workerCount = max(1, min(ProcessInfo.processInfo.activeProcessorCount, workerLimit))

    private let condition = NSCondition()
    private var parts: ScanParts
    private var takenCount = 0
    private var handedCount = 0
    private var outcomes: [Int: (outcome: Outcome, deliveryCount: Int64)] = [:]

    init(_ filter: ReportFilter, _ arrivals: ClosedRange<Int64>, _ directory: ArchiveDirectory, _ watch: ScanWatch) {
        self.filter = filter
        self.directory = directory
        self.watch = watch
        self.matcher = BodyMatcher(filter)
        // A test of a field reads the values of a whole segment (4,096 deliveries), so parts must not be smaller than a
        // segment.
        self.parts = ScanParts(arrivals, greatestCount: filter.fieldTests.isEmpty ? 1024 : 4096)
    }

    /// Passes the matches in order. Blocks until all workers have ended, so it must not run on event loops or a
    /// server's cooperative pool.
    func run(_ body: (ReportSummary) throws -> Void) throws -> ScanCounts {
        var counts = ScanCounts()
        counts.total = parts.remaining
        var limit = filter.limit.map { max(0, $0) } ?? .max
        var workers: [OwnedThread] = []
        defer {
            workersWatch.stop()
            condition.withLock { condition.broadcast() }
            for worker in workers { worker.join() }
        }
        for _ in 0..<workerCount {
            do {
                workers.append(try OwnedThread("callbox-scan") { self.work() })
            } catch {
                throw ArchiveError(error, path: directory.path)
            }
        }
        while limit > 0, !watch.isStopped, let next = nextOutcome() {
            let found = try next.outcome.get()
            counts.add(found.counts)
            counts.done += next.deliveryCount
            for report in found.reports where limit > 0 {
                counts.matched += 1
                limit -= 1
                try body(report)
            }
            watch.progress(counts)
        }
        counts.isComplete = counts.done == counts.total && limit > 0
        return counts
    }

    /// Waits for the next part in order; nil after the last part.
    private func nextOutcome() -> (outcome: Outcome, deliveryCount: Int64)? {
        condition.withLock {
            while outcomes[handedCount] == nil {
                guard parts.remaining > 0 || handedCount < takenCount, !watch.isStopped else { return nil }
                // Waits only briefly, because stopping the watch does not signal the condition.
                _ = condition.wait(until: Date(timeIntervalSinceNow: 0.05))
            }
            defer {
                handedCount += 1
                condition.broadcast()
            }
            return outcomes.removeValue(forKey: handedCount)
        }
    }

    private func work() {
        let opened = Result { try ArchiveReader(directory) }
        while let (number, part) = takePart() {
            let outcome = Outcome {
                try BodyScanner(
                    filter: filter, matcher: matcher, reader: opened.get(), watch: workersWatch,
                    largeBodies: largeBodies
                ).scan(part.arrivals)
            }
            condition.withLock {
                outcomes[number] = (outcome, part.deliveryCount)
                condition.broadcast()
            }
        }
    }

    private func takePart() -> (number: Int, part: (arrivals: ClosedRange<Int64>, deliveryCount: Int64))? {
        condition.withLock {
            while !workersWatch.isStopped, takenCount - handedCount >= workerCount * Self.lead { condition.wait() }
            guard !workersWatch.isStopped, let part = parts.next() else { return nil }
            defer { takenCount += 1 }
            return (takenCount, part)
        }
    }
}

/// Divides a range of arrivals into parts, newest first. The first parts are small, because their results are shown at
/// once.
struct ScanParts {
    private static let firstCount: Int64 = 32

    private let first: Int64
    private var last: Int64
    private var count = firstCount
    private let greatestCount: Int64

    init(_ arrivals: ClosedRange<Int64>, greatestCount: Int64) {
        (first, last) = (ArrivalID.deliveries(arrivals).lowerBound, ArrivalID.deliveries(arrivals).upperBound)
        self.greatestCount = greatestCount
    }

    var remaining: Int64 {
        max(0, last - first + 1)
    }

    mutating func next() -> (arrivals: ClosedRange<Int64>, deliveryCount: Int64)? {
        guard remaining > 0 else { return nil }
        let size = min(count, remaining)
        let range = ArrivalID.range(last - size + 1...last)
        last -= size
        count = min(count * 2, greatestCount)
        return (range, size)
    }
}
