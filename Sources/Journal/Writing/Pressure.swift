internal import Foundation

/// The rate of deliveries and the size of their commits, as moving averages.
///
/// Both are measured in load: a delivery counts once for each page of 4 KB that it fills, because large bodies take
/// longer and few of them share a commit.
package struct Pressure: Sendable {
    /// The average load of a commit in a burst. At an ordinary rate few deliveries share a commit.
    private static let burstLoad = 6.0
    /// The weight of one commit in the average.
    private static let weight = 1.0 / 16
    /// A burst ends after this time without a commit.
    private static let memory: Duration = .milliseconds(50)
    /// The load per second from which `isBusy` is true.
    private static let busyRate = 500.0
    /// The time constant of the average rate, in seconds.
    private static let rateSeconds = 0.25

    private var mean = 0.0
    private var rate = 0.0
    private var last: ContinuousClock.Instant?

    /// The load of a delivery.
    ///
    /// - Parameter byteCount: as stored.
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

    /// True if a burst of deliveries arrives.
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
