internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import Presentation
internal import Redaction
internal import Replay
internal import ReportIndex
internal import TerminalOutput

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send archived deliveries again.",
        usage: "callbox replay (<id> ... | <filters>) --to <url> [<options>]",
        discussion: """
            Several deliveries need --yes; filters select the first arrival of each report.
            More (--help-hidden): --expect, --rate, --concurrency, --max-failures.

            EXAMPLES
              callbox replay 42 --to http://localhost:3000/hooks --sign
              callbox replay 42 --to http://localhost:3000 --set $.status=done --dry-run
              callbox replay --provider klavi --since 1h --to http://localhost:3000 --yes
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Argument(help: ArgumentHelp("Deliveries.", valueName: "id"), transform: ItemReference.parse)
    var ids: [ItemReference] = []

    @Option(
        help: ArgumentHelp("The destination; user:password is sent as Basic.", valueName: "url"))
    var to: String

    @Flag(help: "Send every delivery of the archive.")
    var everything = false

    @Flag(help: "Only deliveries whose last replay failed.")
    var failed = false

    @Flag(help: "Show what would be sent.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Confirm that several deliveries are sent.")
    var yes = false

    @OptionGroup var changing: ReplayChangeOptions
    @OptionGroup(visibility: .shared) var pace: ReplayPaceOptions

    func validate() throws {
        guard !yes || !dryRun else { throw ValidationError("--yes and --dry-run cannot be combined") }
        guard to.utf8.count <= 8192 else { throw ValidationError("--to must be at most 8192 bytes") }
    }

    private func preparation(_ configuration: CallboxConfiguration) throws(CommandFailure) -> ReplayPreparation {
        var generator = SystemRandomNumberGenerator()
        let runID = UUIDv7(at: SystemClock.now(), using: &generator).description
        return ReplayPreparation(
            to: to, changes: try changing.changes(), signer: try changing.signer(configuration),
            runID: changing.noMarks ? nil : runID)
    }

    func run() async throws {
        let console = options.console
        let filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        try checkChoice(isFiltered: !filter.isUnconditional)
        let configuration = try options.load()
        let access = ArchiveAccess(configuration, console: console)
        let preparation = try preparation(configuration)
        if ids.count == 1, !failed, let id = try ids.first?.deliveryID(access.openReader(), for: "replay") {
            return try await replay(id, preparation, access, try access.openReader(), console)
        }
        let reader = try await access.reader()
        var selection =
            try ids.isEmpty
            ? selection(filter, reader, console)
            : DeliverySelection(try ids.map { try $0.deliveryID(reader, for: "replay") }, reader)
        if failed {
            selection = try DeliverySelection(selection.ids.filter { try hasFailed($0, reader) }, reader)
        }
        try await replay(selection, preparation, access, reader, console)
    }

    /// IDs, filters or everything: exactly one, which prevents sending by mistake.
    private func checkChoice(isFiltered: Bool) throws(CommandFailure) {
        let ways = [!ids.isEmpty, isFiltered, everything].count { $0 }
        guard ways != 0 else {
            throw CommandFailure(
                .usage, "no delivery is selected",
                advice: "Give IDs, filters such as --type link_created --since 1h, or --everything.")
        }
        guard ways == 1 else {
            throw CommandFailure(
                .usage, "IDs, filters and --everything cannot be combined", advice: "Give one of the three.")
        }
    }

    /// True if its last replay failed.
    private func hasFailed(_ id: DeliveryID, _ reader: ArchiveReader) throws -> Bool {
        try reader.replays(of: id).last.map { !pace.expectedStatuses.accepts($0) } ?? false
    }

    private func selection(
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
}

// MARK: One delivery

extension ReplayCommand {
    private func replay(
        _ id: DeliveryID, _ preparation: ReplayPreparation, _ access: ArchiveAccess, _ reader: ArchiveReader,
        _ console: Console
    ) async throws {
        guard let delivery = try reader.delivery(id) else { throw ReplayError.noDelivery(id) }
        let plan = try preparation.plan(delivery)
        guard !dryRun else { return try show(plan, console) }
        let startedAt = SystemClock.now()
        let result = await ReplaySender(timeout: pace.exchangeTimeout).send(plan)
        try await access.append(.replay(ReplayRecord(plan, startedAt, result)))
        switch result.outcome {
        case .failed(let reason):
            throw CommandFailure(.negative, "\(plan.method) \(plan.urlWithoutQuery): \(reason)")
        case .responded(let response):
            try show(response, plan, result.durationMilliseconds, console)
            guard pace.expectedStatuses.contains(response.status) else { throw ExitStatus.negative }
        }
    }

    private func show(_ plan: ReplayPlan, _ console: Console) throws {
        let secrets = CallboxCommand.providers.secrets
        try console.print(
            "\(TerminalText.escape(plan.method)) \(TerminalText.escape(Masking.target(plan.url, secrets)))")
        for field in plan.headers {
            try console.print(
                "\(TerminalText.escape(field.name)): \(TerminalText.escape(Masking.value(of: field, secrets)))")
        }
        try console.print("")
        let change = plan.isChanged ? ", changed" : ""
        try console.print("\(HumanText.count(plan.body.count, "byte")) of body\(change); nothing was sent")
    }

    private func show(
        _ response: ReplayResponse, _ plan: ReplayPlan, _ duration: Int64, _ console: Console
    ) throws {
        let status = console.styled(
            "\(response.status)", pace.expectedStatuses.contains(response.status) ? .green : .red)
        try console.print(
            "\(TerminalText.escape(plan.method)) \(TerminalText.escape(plan.urlWithoutQuery)) → \(status) in \(duration) ms, "
                + "sent \(HumanText.count(plan.body.count, "byte")), received \(HumanText.count(response.bodyByteCount, "byte"))"
        )
        if (300..<400).contains(response.status) {
            let place =
                response.location.map {
                    " to \(TerminalText.escape(Masking.target($0, CallboxCommand.providers.secrets)))"
                } ?? ""
            console.note("redirect\(place) was not followed; send to the final URL")
        }
        guard response.bodyByteCount > 0 else { return }
        guard let (text, isCut) = response.text else { return console.note("the response is not text") }
        try console.print(TerminalText.escapeLines(text))
        if isCut { console.note("only the first \(HumanText.byteCount(Int64(text.utf8.count))) are shown") }
    }
}
