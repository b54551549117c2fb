internal import ArgumentParser
internal import CallboxConfiguration
internal import Replay

/// How fast `replay` sends, which responses it expects, and when it stops.
struct ReplayPaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Time for one exchange.", valueName: "duration"))
    var timeout = "30s"

    @Option(help: ArgumentHelp("Send no faster than this, such as 5/s, 100/m or 10/h.", valueName: "rate"))
    var rate: String?

    @Option(help: ArgumentHelp("Send this many at a time, up to \(Self.concurrencyLimit).", valueName: "count"))
    var concurrency = 1

    @Option(help: ArgumentHelp("Stop after this many failures.", valueName: "count"))
    var maxFailures = 10

    @Option(help: ArgumentHelp("Statuses that are accepted, such as 2xx, 204 or 200,201.", valueName: "statuses"))
    var expect = "2xx"

    private static let concurrencyLimit = 16

    func validate() throws {
        guard rate.map({ SendingRate($0) != nil }) ?? true else {
            throw ValidationError("--rate must be a number and a time, such as 5/s, 100/m or 10/h, up to 1000/s")
        }
        guard (1...Self.concurrencyLimit).contains(concurrency) else {
            throw ValidationError("--concurrency must be between 1 and \(Self.concurrencyLimit)")
        }
        guard (1...1_000_000).contains(maxFailures) else {
            throw ValidationError("--max-failures must be between 1 and 1000000")
        }
        guard ExpectedStatuses(expect) != nil else {
            throw ValidationError("--expect must be statuses or classes of them, such as 2xx, 204 or 200,201")
        }
        guard let timeout = Quantity.duration(timeout), timeout > .zero else {
            throw ValidationError("--timeout must be a duration, such as 30s or 5m")
        }
    }

    var exchangeTimeout: Duration { Quantity.duration(timeout) ?? .seconds(30) }

    var expectedStatuses: ExpectedStatuses { ExpectedStatuses(expect) ?? .success }

    var interval: Duration { rate.flatMap(SendingRate.init)?.interval ?? .zero }
}
