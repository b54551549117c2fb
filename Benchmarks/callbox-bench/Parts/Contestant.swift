/// The result of one measurement of a receiver.
struct Measurement {
    let perSecond: Double
    /// Milliseconds.
    let median: Double
    let percentile99: Double
    /// Responses other than 200, and broken connections.
    var failureCount = 0
    var peakMebibytes: Int?
    /// Seconds after the load until queries showed everything.
    var catchUpSeconds: Double?
    /// Microseconds of the load generator's CPU for a delivery.
    var generatorMicroseconds: Double?
    /// The counts of stored and acknowledged deliveries, if they differ.
    var mismatch: String?
}

/// A receiver that can be measured, or another way to make rows durable.
protocol Contestant {
    var name: String { get }
    var bodyText: String { get }
    func measure(_ bench: Workbench) async throws -> Measurement
}

/// A requirement of a peer is missing on this machine.
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
