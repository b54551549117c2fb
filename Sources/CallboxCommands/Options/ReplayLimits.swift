internal import ArgumentParser
internal import Replay

/// How a bulk replay goes about it.
struct ReplayLimits: ParsableArguments {
    static let concurrencyLimit = 16

    @Option(help: ArgumentHelp("Send no faster than this: 5/s, 100/m, 10/h.", valueName: "rate"))
    var rate: String?

    @Option(help: ArgumentHelp("Send so many at a time; their order is then not kept.", valueName: "count"))
    var concurrency = 1

    @Option(help: ArgumentHelp("Stop after so many failures.", valueName: "count"))
    var maxFailures = 10

    func validate() throws {
        guard rate.map({ SendingRate($0) != nil }) ?? true else {
            throw ValidationError("--rate takes a number and a time, such as 5/s, 100/m or 10/h, up to 1000/s.")
        }
        guard (1...Self.concurrencyLimit).contains(concurrency) else {
            throw ValidationError("--concurrency takes a number from 1 to \(Self.concurrencyLimit).")
        }
        guard (1...1_000_000).contains(maxFailures) else {
            throw ValidationError("--max-failures takes a number from 1 to 1000000.")
        }
    }

    /// The least time between the starts of two.
    var interval: Duration {
        rate.flatMap(SendingRate.init)?.interval ?? .zero
    }
}
