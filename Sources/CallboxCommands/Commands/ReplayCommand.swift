internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import Redaction
internal import Replay
internal import ReportIndex
internal import TerminalOutput

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send archived deliveries again, as they came.",
        usage: "callbox replay (<id> ... | <filters> | --all) --to <url> [<options>]",
        discussion: """
            Method, body and headers are those that arrived, but for Host, Content-Length and what belongs to one \
            connection. The URL is used as it is; where it has no query, the delivery's own is added. No redirect is \
            followed and nothing is tried twice. The outcome is recorded in the archive. Exits with 1 when no answer \
            came or its status is 400 or above.

            More than one delivery is sent with --yes only; without it the command says what it would send. They go one after \
            another, oldest first, each report once: by filters, first arrivals only. After --max-failures it stops.

            EXAMPLES
              callbox replay 42 --to http://localhost:3000/hooks/klavi
              callbox replay 42 --to http://localhost:3000 --dry-run
              callbox replay --provider klavi --since 1h --to http://localhost:3000
              callbox replay 42 43 --to http://localhost:3000 --yes --rate 5/s
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var limits: ReplayLimits

    @Argument(help: ArgumentHelp("Numbers of deliveries, as 'list' gives them.", valueName: "id"))
    var ids: [String] = []

    @Option(help: ArgumentHelp("Where to send it.", valueName: "url"))
    var to: String

    @Option(help: ArgumentHelp("How long one whole exchange may take.", valueName: "duration"))
    var timeout = "30s"

    @Flag(help: "Every report of the archive.")
    var all = false

    @Flag(help: "Show what would be sent, and send nothing.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Send more than one.")
    var yes = false

    func validate() throws {
        guard !yes || !dryRun else { throw ValidationError("--yes and --dry-run exclude each other.") }
    }

    func run() async throws {
        let console = options.console
        let numbers = try ids.map { id throws(CommandFailure) in try DeliveryID(argument: id) }
        guard to.utf8.count <= 8192 else { throw CommandFailure(.usage, "--to takes a URL of up to 8192 bytes") }
        guard let timeout = Quantity.duration(timeout), timeout > .zero else {
            throw CommandFailure(.usage, "--timeout takes a duration such as 30s", advice: "Units are ms, s, m, h, d.")
        }
        let filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        try checkChoice(numbers, isFiltered: !filter.isUnconditional)
        let access = ArchiveAccess(try options.load(), console: console)
        guard numbers.count == 1, let id = numbers.first else {
            let reader = try await access.reader()
            let selection =
                try numbers.isEmpty
                ? Self.selection(filter, reader, console) : DeliverySelection(numbers, reader)
            return try await replay(selection, access, reader, timeout, console)
        }
        guard let delivery = try access.openReader().delivery(id) else { throw ReplayError.noDelivery(id) }
        let plan = try ReplayPlan(delivery, to: to)
        guard !dryRun else { return try Self.show(plan, console) }
        let startedAt = SystemClock.now()
        let result = await ReplaySender(timeout: timeout).send(plan)
        try await access.append(.replay(ReplayRecord(plan, startedAt, result)))
        switch result.outcome {
        case .failed(let reason):
            throw CommandFailure(.negative, "\(plan.method) \(plan.urlWithoutCredentials): \(reason)")
        case .responded(let response):
            try Self.show(response, plan, result.durationMilliseconds, console)
            if response.status >= 400 { throw ExitStatus.negative }
        }
    }

    /// Numbers, filters or everything: one of them, so that nobody sends what they did not mean.
    private func checkChoice(_ numbers: [DeliveryID], isFiltered: Bool) throws(CommandFailure) {
        let ways = [!numbers.isEmpty, isFiltered, all].count { $0 }
        guard ways != 0 else {
            throw CommandFailure(
                .usage, "nothing says which deliveries to send",
                advice: "Give numbers, or filters such as --type link_created --since 1h, or --all.")
        }
        guard ways == 1 else {
            throw CommandFailure(
                .usage, "numbers, filters and --all exclude each other", advice: "Give one of the three.")
        }
    }

    private static func selection(
        _ filter: ReportFilter, _ reader: ArchiveReader, _ console: Console
    ) throws -> DeliverySelection {
        var selection = DeliverySelection()
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { report in
            selection.add(report)
            if selection.ids.count.isMultiple(of: 4096) {
                console.progress("found \(selection.ids.count) deliveries")
            }
        }
        console.progress("")
        conclusion.tell(on: console)
        if conclusion.counts != nil, conclusion.isInterrupted { throw ExitStatus.interrupted }
        selection.sort()
        return selection
    }

    private static func show(_ plan: ReplayPlan, _ console: Console) throws {
        try console.print(
            "\(TerminalText.escape(plan.method)) \(TerminalText.escape(Masking.target(plan.urlWithoutPassword)))")
        for field in plan.headers {
            try console.print("\(TerminalText.escape(field.name)): \(TerminalText.escape(Masking.value(of: field)))")
        }
        try console.print("")
        try console.print("\(HumanText.count(plan.body.count, "byte")) of body; nothing was sent")
    }

    private static func show(
        _ response: ReplayResponse, _ plan: ReplayPlan, _ duration: Int64, _ console: Console
    ) throws {
        let status = console.styled("\(response.status)", response.status < 400 ? .green : .red)
        try console.print(
            "\(TerminalText.escape(plan.method)) \(TerminalText.escape(plan.urlWithoutCredentials)) → \(status) in \(duration) ms, "
                + "\(HumanText.count(plan.body.count, "byte")) sent, \(HumanText.count(response.bodyByteCount, "byte")) back"
        )
        guard let text = String(validating: response.bodyPrefix, as: UTF8.self), !text.isEmpty else { return }
        try console.print(TerminalText.escapeLines(text))
        let rest = response.bodyByteCount - response.bodyPrefix.count
        if rest > 0 { try console.print("… \(HumanText.count(rest, "byte")) more") }
    }
}
