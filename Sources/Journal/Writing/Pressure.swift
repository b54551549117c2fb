internal import Foundation

/// The rate of deliveries and the size of their commits, as moving averages of the load.
///
/// The load of a delivery is the number of 4 KB pages that it fills, because large bodies take longer and few of them
/// share a commit.
package struct Pressure: Sendable {
    /// The average load of a commit at which a burst is assumed. At an ordinary rate few deliveries share a commit.
    private static let burstLoad = 6.0
    /// The weight of one commit in the moving average.
    private static let weight = 1.0 / 16
    /// The time without a commit after which a burst has ended.
    private static let memory: Duration = .milliseconds(50)
    /// The load per second at which `isBusy` becomes true.
    private static let busyRate = 500.0
    /// The time constant of the moving average of the rate, in seconds.
    private static let rateSeconds = 0.25

    private var mean = 0.0
    private var rate = 0.0
    private var last: ContinuousClock.Instant?

    /// The load of a delivery.
    ///
    /// - Parameter byteCount: the stored length of its body.
    package static func load(ofByteCount byteCount: Int) -> Int {
        1 + max(0, byteCount - 1) / 4096
    }

    package init() {}

    package mutating func note(_ load: Int, at now: ContinuousClock.Instant) {
        if let last, last.duration(to: now) > Self.memory { mean = 0 }
        mean += (Double(load) - mean) * Self.weight
        rate = decayedRate(at: now) + Double(load) / Self.rateSeconds
        last = now
    }

    /// True during a burst of deliveries.
    package func isHigh(at now: ContinuousClock.Instant) -> Bool {
        guard let last, last.duration(to: now) <= Self.memory else { return false }
        return mean >= Self.burstLoad
    }

    /// True if the rate is so high that the work per delivery must be small.
    func isBusy(at now: ContinuousClock.Instant) -> Bool {
        decayedRate(at: now) >= Self.busyRate
    }

    private func decayedRate(at now: ContinuousClock.Instant) -> Double {
        let seconds = last.map { max(0, $0.duration(to: now) / .seconds(1)) } ?? 0
        return rate * exp(-seconds / Self.rateSeconds)
    }
}
