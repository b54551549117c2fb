/// What one measurement of a receiver came to.
struct Measurement {
    let perSecond: Double
    /// Milliseconds.
    let median: Double
    let percentile99: Double
    /// Answers that were no 200, and connections that broke.
    var failureCount = 0
    var peakMebibytes: Int?
    /// Seconds after the load until queries showed everything.
    var catchUpSeconds: Double?
    /// Microseconds of the load generator's CPU for a delivery.
    var generatorMicroseconds: Double?
    /// Where the stored deliveries are not as many as the acknowledged ones: both numbers.
    var mismatch: String?
}

/// A receiver that can be measured, or another way to make rows durable.
protocol Contestant {
    var name: String { get }
    var bodyText: String { get }
    func measure(_ bench: Workbench) async throws -> Measurement
}

/// What a peer needs is not on this machine.
struct Missing: Error, CustomStringConvertible {
    let description: String
}

extension Measurement {
    init(_ outcome: LoadOutcome, peakMebibytes: Int?) {
        self.init(
            perSecond: outcome.perSecond, median: outcome.percentile(0.5), percentile99: outcome.percentile(0.99),
            failureCount: outcome.otherCount + outcome.brokenCount, peakMebibytes: peakMebibytes,
            generatorMicroseconds: outcome.cpuMicroseconds)
    }
}
