internal import Foundation

/// The rate of deliveries and the size of their commits, averaged over the last moments.
///
/// Both are measured in load: a delivery counts once for each page of 4 KB that it fills, because large bodies take longer, and few of
/// them share a commit.
struct Pressure {
    /// The average load of a commit from which on deliveries come in a burst. At an ordinary pace few share a commit.
    private static let burstLoad = 6.0
    /// The weight of a commit in the average.
    private static let weight = 1.0 / 16
    /// A burst ends when nothing was committed for as long.
    private static let memory: Duration = .milliseconds(50)
    /// The load a second from which on time is short.
    private static let busyRate = 500.0
    /// The rate's time constant.
    private static let rateSeconds = 0.25

    private var mean = 0.0
    private var rate = 0.0
    private var last: ContinuousClock.Instant?

    /// The load of a delivery.
    ///
    /// - Parameter byteCount: as stored.
    static func load(ofByteCount byteCount: Int) -> Int {
        1 + max(0, byteCount - 1) / 4096
    }

    mutating func note(_ load: Int, at now: ContinuousClock.Instant) {
        let since = last?.duration(to: now)
        if let since, since > Self.memory { mean = 0 }
        mean += (Double(load) - mean) * Self.weight
        let seconds = since.map { max(0, $0 / .seconds(1)) } ?? 0
        rate = rate * exp(-seconds / Self.rateSeconds) + Double(load) / Self.rateSeconds
        last = now
    }

    /// Whether deliveries come in a burst.
    func isHigh(at now: ContinuousClock.Instant) -> Bool {
        guard let last, last.duration(to: now) <= Self.memory else { return false }
        return mean >= Self.burstLoad
    }

    /// Whether the load of a second is so high that each delivery must cost little.
    func isBusy(at now: ContinuousClock.Instant) -> Bool {
        guard let last else { return false }
        return rate * exp(-max(0, last.duration(to: now) / .seconds(1)) / Self.rateSeconds) >= Self.busyRate
    }
}
