/// The result of a load.
struct LoadOutcome: Sendable {
    /// The number of deliveries with a 200 response.
    let acknowledgedCount: Int
    /// The number of deliveries with a response other than 200.
    let otherCount: Int
    /// The number of deliveries whose connection ended before a response, plus the number of refused connections.
    let brokenCount: Int
    /// The time from the first delivery to the last response, in seconds.
    let seconds: Double
    /// The sorted latencies of the 200 responses, in milliseconds. A closed loop measures from the time of sending. An
    /// open loop measures from the scheduled time.
    let latencies: [Double]
    /// The sorted latencies of all other responses, in milliseconds.
    let otherLatencies: [Double]
    /// The sorted delays that the generator itself caused, in milliseconds. Only deliveries for which a connection was
    /// free are included.
    let lateness: [Double]
    /// The CPU time of the generator's thread, in seconds.
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
