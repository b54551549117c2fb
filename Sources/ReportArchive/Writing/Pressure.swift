/// Whether deliveries come in a crowd: told from how many are committed together.
struct Pressure {
    /// Deliveries in a batch, on the average, from which on it is a crowd. Alone or by twos they come at an ordinary pace.
    private static let crowdCount = 4.0
    /// How much a batch weighs in the average.
    private static let weight = 1.0 / 16
    /// A crowd that brought nothing for so long has gone.
    private static let memory: Duration = .milliseconds(50)

    private var mean = 0.0
    private var last: ContinuousClock.Instant?

    mutating func note(_ count: Int, at now: ContinuousClock.Instant) {
        if let last, last.duration(to: now) > Self.memory { mean = 0 }
        mean += (Double(count) - mean) * Self.weight
        last = now
    }

    func isHigh(at now: ContinuousClock.Instant) -> Bool {
        guard let last, last.duration(to: now) <= Self.memory else { return false }
        return mean >= Self.crowdCount
    }
}
