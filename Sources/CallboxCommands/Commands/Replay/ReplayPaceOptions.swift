internal import ArgumentParser
internal import CallboxConfiguration
internal import Replay

/// The rate, order, expected responses and stop conditions of `replay`.
struct ReplayPaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Timeout of one request.", valueName: "duration"))
    var timeout = "30s"

    @Option(help: ArgumentHelp("Send no faster than this, such as 5/s, 100/m or 10/h.", valueName: "rate"))
    var rate: String?

    @Option(help: ArgumentHelp("Send this many at a time, up to \(Self.concurrencyLimit).", valueName: "count"))
    var concurrency = 1

    @Option(help: "arrival; or case, to send deliveries of one link, case or person one after another.")
    var order = ReplaySettings.Order.arrival

    @Option(
        help: ArgumentHelp(
            "Keep the intervals between arrivals: original; 2x for twice as fast; none for no waits.",
            valueName: "speed"))
    var timing = "none"

    @Option(name: .customLong("repeat"), help: ArgumentHelp("Send the deliveries this many times.", valueName: "count"))
    var repetitions: Int?

    @Flag(help: "Repeat until the first failure, at most --repeat times, or 1000 times without --repeat.")
    var untilFail = false

    @Option(help: ArgumentHelp("Stop after this many failures.", valueName: "count"))
    var maxFailures = 10

    @Option(help: ArgumentHelp("Statuses that are accepted, such as 2xx, 204 or 200,201.", valueName: "statuses"))
    var expect = "2xx"

    @Option(
        help: ArgumentHelp(
            "Inject a fault to test the receiver: \(ReplayFault.names). Repeatable.", valueName: "fault"))
    var fault: [String] = []

    @Option(
        help: ArgumentHelp(
            "Percentage of deliveries with the fault; --seed determines which deliveries.", valueName: "percent"))
    var faultShare = 100

    @Option(help: "Seed of the random selection of faults.")
    var seed: UInt64 = 1

    private static let concurrencyLimit = 256

    func validate() throws {
        guard rate.map({ SendingRate($0) != nil }) ?? true else {
            throw ValidationError("--rate must be a number and a time, such as 5/s, 100/m or 10/h, up to 1000/s")
        }
        guard (1...Self.concurrencyLimit).contains(concurrency) else {
            throw ValidationError("--concurrency must be between 1 and \(Self.concurrencyLimit)")
        }
        guard (1...1_000_000).contains(maxFailures), (1...1_000_000).contains(repetitions ?? 1) else {
            throw ValidationError("--max-failures and --repeat must be between 1 and 1000000")
        }
        try OptionCheck.statuses(expect)
        _ = try OptionCheck.duration(timeout, "--timeout")
        guard let speed = ReplayTiming.speed(timing), speed == nil || rate == nil else {
            throw ValidationError(
                "--timing must be original, none or a factor such as 2x, and cannot be combined with --rate")
        }
        guard faults.count == fault.count, (1...100).contains(faultShare) else {
            throw ValidationError("--fault must be \(ReplayFault.names); --fault-share must be between 1 and 100")
        }
    }

    private var faults: [ReplayFault] { fault.compactMap { ReplayFault($0, duration: Quantity.duration) } }

    func apply(to settings: inout ReplaySettings) {
        settings.timeout = Quantity.duration(timeout) ?? .seconds(30)
        settings.interval = rate.flatMap(SendingRate.init)?.interval ?? .zero
        settings.concurrency = concurrency
        settings.order = order
        settings.speed = ReplayTiming.speed(timing) ?? nil
        settings.repetitionCount = repetitions ?? (untilFail ? 1000 : 1)
        settings.failureLimit = untilFail ? 1 : maxFailures
        settings.expected = expect
        settings.faults.faults = faults
        settings.faults.percent = faultShare
        settings.faults.seed = seed
    }
}

extension ReplaySettings.Order: ExpressibleByArgument {}
