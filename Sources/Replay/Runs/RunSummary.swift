internal import Deliveries
package import Journal

/// The totals of a run.
package struct RunSummary: Equatable, Sendable {
    package var sentCount = 0
    package var failureCount = 0
    /// The number of failures by cause. There are few causes, because each is a status or a fixed string of this
    /// module.
    package var failures: [String: Int] = [:]
    /// The number of deliveries that were skipped because their bodies were pruned.
    package var skippedCount = 0
    /// The number of items that a fault dropped.
    package var droppedCount = 0
    /// The number of items that are not sent yet.
    package var leftCount = 0
    /// The number of items that were in progress when the run was paused. They may have arrived, and will be sent
    /// again.
    package var abandonedCount = 0
    package var isInterrupted = false
    package var byteCount: Int64 = 0
    /// The durations of the exchanges in milliseconds.
    private var durations = Distribution()
    /// The delays of items with scheduled times, in tenths of a millisecond.
    private var lateness = Distribution()

    package init() {}

    package mutating func add(_ response: RunResponse, bodyByteCount: Int, _ expected: ExpectedStatuses) {
        sentCount += 1
        byteCount += Int64(bodyByteCount)
        durations.add(response.durationMilliseconds)
        if let cause = response.failure(expected) { fail(cause) }
    }

    /// Adds a recorded result.
    package mutating func add(_ record: ReplayRecord, _ expected: ExpectedStatuses) {
        sentCount += 1
        durations.add(record.durationMilliseconds)
        switch record.outcome {
        case .failed(let reason): fail(reason)
        case .responded(let status, _, _): if !expected.contains(status) { fail("response \(status)") }
        }
    }

    mutating func fail(_ cause: String) {
        failureCount += 1
        failures[cause, default: 0] += 1
    }

    mutating func add(lateness duration: Duration) {
        lateness.add((max(0, duration.microseconds) + 99) / 100)
    }

    /// The time in milliseconds within which this percentage of the exchanges ended; nil if there were no exchanges.
    package func duration(percentile: Int) -> Int64? { durations.rank(percentile) }

    /// The delay in microseconds within which this percentage of the items started; nil if no items were scheduled.
    package func lateness(percentile: Int) -> Int64? { lateness.rank(percentile).map { $0 * 100 } }
}

/// Counts how often each value was added. Memory use depends only on the number of different values.
struct Distribution: Equatable, Sendable {
    private var counts: [Int64: Int] = [:]
    private var count = 0

    mutating func add(_ value: Int64) {
        counts[value, default: 0] += 1
        count += 1
    }

    /// The percentile by the nearest-rank method; nil if there are no values.
    func rank(_ percentile: Int) -> Int64? {
        var rest = (count * min(max(percentile, 1), 100) + 99) / 100
        for (value, count) in counts.sorted(by: { $0.key < $1.key }) {
            rest -= count
            if rest <= 0 { return value }
        }
        return nil
    }
}

extension Duration {
    /// Whole microseconds, rounded down.
    fileprivate var microseconds: Int64 {
        Int64(clamping: components.seconds) &* 1_000_000 &+ components.attoseconds / 1_000_000_000_000
    }
}
