/// The result of one measurement of a receiver.
struct Measurement {
    let perSecond: Double
    /// The median latency in milliseconds.
    let median: Double
    let percentile99: Double
    /// The number of responses other than 200 plus the number of broken connections.
    var failureCount = 0
    var peakMebibytes: Int?
    /// The seconds from the end of the load until queries show all deliveries.
    var catchUpSeconds: Double?
    /// The CPU time of the load generator per delivery, in microseconds.
    var generatorMicroseconds: Double?
    /// The counts of stored and of acknowledged deliveries. Nil if the counts are equal.
    var mismatch: String?
}

/// A program to measure: a receiver, or a database that makes rows durable.
protocol Contestant {
    var name: String { get }
    var bodyText: String { get }
    func measure(_ bench: Workbench) async throws -> Measurement
}

/// This machine does not meet a requirement of another product.
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
