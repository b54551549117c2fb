/// The result of a load.
struct LoadOutcome: Sendable {
    /// Deliveries with a 200 response.
    let acknowledgedCount: Int
    /// Deliveries with another response.
    let otherCount: Int
    /// Deliveries whose connection ended before a response, and refused connections.
    let brokenCount: Int
    /// From the first delivery to the last response.
    let seconds: Double
    /// Milliseconds to each 200, in order of size: from the sending, or in an open loop from the scheduled time.
    let latencies: [Double]
    /// The same for other responses.
    let otherLatencies: [Double]
    /// Milliseconds that the generator itself was late with deliveries it had a connection for, in order of size.
    let lateness: [Double]
    /// CPU time of the generator's own thread.
    let cpuSeconds: Double

    /// Microseconds of the generator's thread for a delivery.
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
