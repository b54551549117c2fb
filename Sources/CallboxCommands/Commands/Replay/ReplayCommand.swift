internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Presentation
internal import Replay
internal import ReportIndex
internal import TerminalOutput

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send archived deliveries again.",
        subcommands: [
            ReplaySendCommand.self, ReplayRunsCommand.self, ReplayShowCommand.self, ReplayDiffCommand.self,
        ], defaultSubcommand: ReplaySendCommand.self)
}

struct ReplaySendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send archived deliveries again.",
        usage: "callbox replay (<id> ... | <filters> | --resume <run>) --to <url>",
        discussion: """
            Without --sign the original signature is sent, which may have expired. --help-hidden lists more options.

            EXAMPLES
              callbox replay 42 --to http://localhost:3000/hooks --sign
              callbox replay 42 --to http://localhost:3000 --edit --sign
              callbox replay --provider klavi --since 1h --to http://localhost:3000 --yes
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Argument(help: ArgumentHelp("Deliveries, such as 42 or latest.", valueName: "id"), transform: ItemReference.parse)
    var ids: [ItemReference] = []

    @Option(help: ArgumentHelp("The target URL; user:password is sent as Basic auth.", valueName: "url"))
    var to: String?

    @Option(help: ArgumentHelp("Continue an interrupted run: its ID, or latest.", valueName: "run"))
    var resume: RunReference?

    @Flag(help: "Send every delivery in the archive.")
    var everything = false

    @Flag(help: "Send only deliveries whose last replay failed.")
    var failed = false

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Send at most this many, oldest first.", valueName: "count"))
    var limit: Int?

    @Option(
        help: ArgumentHelp(
            "Include unproved (verification failed) or fetched deliveries.", valueName: "kind"))
    var include: [DeliverySelection.Doubt] = []

    @Flag(help: "Show what would be sent.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Send several deliveries without confirmation.")
    var yes = false

    @OptionGroup var changing: ReplayChangeOptions
    @OptionGroup(visibility: .shared) var pace: ReplayPaceOptions
    @OptionGroup(visibility: .shared) var target: TargetOptions

    @Option(
        help: ArgumentHelp("Also send to this URL, and compare the responses.", valueName: "url", visibility: .shared))
    var compare: String?

    @OptionGroup(visibility: .shared) var ignoring: IgnoreOptions

    func validate() throws {
        guard !yes || !dryRun else { throw ValidationError("--yes and --dry-run cannot be combined") }
        guard [to, compare].allSatisfy({ $0?.utf8.count ?? 0 <= 8192 }) else {
            throw ValidationError("--to and --compare must be at most 8192 bytes")
        }
        guard to != nil || resume != nil else { throw ValidationError("missing --to <url>") }
        guard limit ?? 1 >= 1 else { throw ValidationError("--limit must be at least 1") }
        guard resume == nil || to == nil && ids.isEmpty && !everything && !failed && !dryRun else {
            throw ValidationError(
                "--resume cannot be combined with IDs, --to, --everything, --failed or --dry-run")
        }
    }

    func run() async throws {
        let console = options.console
        let filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        let configuration = try options.load()
        let access = ArchiveAccess(configuration, console: console)
        // A resumed run needs no confirmation, because the user confirmed the run when it started.
        let client = try target.client(
            for: [to, compare].compactMap(\.self), configuration, isConfirmed: yes || dryRun || resume != nil, console)
        let sending = ReplaySending(
            access: access, configuration: configuration, console: console, client: client, ignored: ignoring.paths)
        if let resume { return try await sending.resume(resume) }
        guard let to else { return }
        try checkChoice(isFiltered: !filter.isUnconditional)
        var settings = ReplaySettings(to: to)
        settings.comparedURL = compare
        try changing.apply(to: &settings)
        pace.apply(to: &settings)
        let reader = ids.isEmpty || failed ? try await access.reader() : try access.openReader()
        var selection =
            try ids.isEmpty
            ? selection(filter, reader, console)
            : DeliverySelection(try ids.map { try $0.deliveryID(reader, for: "replay") }, reader)
        if failed { try selection.keepFailed(settings.expectedStatuses, reader) }
        selection.finish(limit: limit)
        if ids.count == 1, selection.count == 0, !failed, let id = selection.omissions.first?.value.first {
            _ = try reader.delivery(id)
        }
        for line in ReplayPreview.omissions(selection) { console.note(line) }
        guard selection.count > 0 else { return console.note("no delivery to send") }
        if changing.edit {
            guard selection.count == 1 else {
                throw CommandFailure(.usage, "--edit changes one delivery", advice: "Pass one ID.")
            }
            guard try changing.edit(selection.ids[0], reader, &settings) else {
                return console.note("the body was not changed; nothing was sent")
            }
        }
        try await sending.start(selection, settings, reader, asks: !yes, isDryRun: dryRun)
    }

    /// Requires exactly one of IDs, filters and `--everything`, to prevent sending by mistake.
    private func checkChoice(isFiltered: Bool) throws(CommandFailure) {
        guard [!ids.isEmpty, isFiltered, everything].count(where: { $0 }) != 1 else { return }
        throw CommandFailure(
            .usage, "select deliveries in exactly one way",
            advice: "Pass IDs, filters such as --type link_created --since 1h, or --everything.")
    }

    private func selection(
        _ filter: ReportFilter, _ reader: ArchiveReader, _ console: Console
    ) throws -> DeliverySelection {
        var selection = DeliverySelection(including: Set(include))
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { selection.add($0) }
        conclusion.note(on: console)
        if conclusion.counts != nil, conclusion.isInterrupted { throw ExitStatus.interrupted }
        return selection
    }
}

extension DeliverySelection.Doubt: ExpressibleByArgument {}
