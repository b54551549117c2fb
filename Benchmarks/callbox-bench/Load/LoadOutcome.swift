/// The result of a load.
struct LoadOutcome: Sendable {
    /// The number of deliveries with a 200 response.
    let acknowledgedCount: Int
    /// The number of deliveries with another response.
    let otherCount: Int
    /// The number of deliveries whose connection ended before a response, and of refused connections.
    let brokenCount: Int
    /// The time from the first delivery to the last response, in seconds.
    let seconds: Double
    /// The milliseconds to each 200, sorted. Measured from the time of sending, or in an open loop from the scheduled
    /// time.
    let latencies: [Double]
    /// The milliseconds to each other response, sorted.
    let otherLatencies: [Double]
    /// The delays of the generator itself in milliseconds, sorted. Only includes deliveries for which a connection was
    /// free.
    let lateness: [Double]
    /// CPU time of the generator's own thread.
    let cpuSeconds: Double

    /// The CPU time of the generator's thread per delivery, in microseconds.
    var cpuMicroseconds: Double {
        cpuSeconds / Double(max(1, acknowledgedCount)) * 1e6
    }

    var perSecond: Double {
        Double(acknowledgedCount) / seconds
    }

    func percentile(_ share: Double) -> Double {
        Self.percentile(share, of: latencies)
    }

    static func percentile(_ share: Double, of sorted: [Double]) -> Double {
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
