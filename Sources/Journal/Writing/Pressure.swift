internal import Foundation

/// How deliveries come of late, told from how many are committed together and how often.
struct Pressure {
    /// Deliveries in a batch, on the average, from which on it is a crowd. A few at a time they come at an ordinary pace.
    private static let burstCount = 6.0
    /// How much a batch weighs in the average.
    private static let weight = 1.0 / 16
    /// A crowd that brought nothing for so long has gone.
    private static let memory: Duration = .milliseconds(50)
    /// Deliveries a second from which on time is short.
    private static let busyRate = 500.0
    /// Over how many seconds that is told.
    private static let rateSeconds = 0.25

    private var mean = 0.0
    private var rate = 0.0
    private var last: ContinuousClock.Instant?

    mutating func note(_ count: Int, at now: ContinuousClock.Instant) {
        let since = last?.duration(to: now)
        if let since, since > Self.memory { mean = 0 }
        mean += (Double(count) - mean) * Self.weight
        // What is older counts for less and less, as far as it goes.
        let seconds = since.map { max(0, $0 / .seconds(1)) } ?? 0
        rate = rate * exp(-seconds / Self.rateSeconds) + Double(count) / Self.rateSeconds
        last = now
    }

    /// Whether deliveries come faster than they can be dealt with one by one.
    func isHigh(at now: ContinuousClock.Instant) -> Bool {
        guard let last, last.duration(to: now) <= Self.memory else { return false }
        return mean >= Self.burstCount
    }

    /// Whether so many come in a second that each had better cost as little as it can.
    func isBusy(at now: ContinuousClock.Instant) -> Bool {
        guard let last else { return false }
        return rate * exp(-max(0, last.duration(to: now) / .seconds(1)) / Self.rateSeconds) >= Self.busyRate
    }
}
