internal import Synchronization

/// A count that threads share. As a gauge, it can also decrease.
final class Counter: Sendable {
    private let count = Atomic(0)

    func add(_ amount: Int = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    var value: Int {
        count.load(ordering: .relaxed)
    }
}

/// A histogram of durations. An observation costs two atomic additions.
final class Histogram: Sendable {
    /// The upper bounds of the buckets, in seconds. A provider stops waiting after about ten seconds.
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private static let boundsInMicroseconds = bounds.map { Int($0 * 1_000_000) }

    private let buckets = (0...Histogram.bounds.count).map { _ in Counter() }
    private let microseconds = Counter()

    func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        // Clamps the duration, because a wrong clock can cause a duration of centuries.
        let value = Int(clamping: min(max(0, seconds), 1 << 32)) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
        buckets[Self.boundsInMicroseconds.firstIndex { value <= $0 } ?? Self.bounds.count].add()
        microseconds.add(value)
    }

    /// The count of each bucket, not cumulative. The last bucket has no upper bound.
    var counts: [Int] {
        buckets.map(\.value)
    }

    /// The sum of all durations, in seconds.
    var sum: Double {
        Double(microseconds.value) / 1_000_000
    }
}
