internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

struct TimelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline",
        abstract: "Show all reports of a link, case or person over time.",
        usage: "callbox timeline [<id> | <filters>] [<options>]",
        discussion: """
            Finds reports of all providers that share a link, case, applicant or person, directly or \
            through one other report. Rows are sorted by the provider's time, or by arrival if a report has no \
            provider's time. DELAY is the difference between the provider's time and the arrival. The current \
            state and the pending reports are printed last.

            EXAMPLES
              callbox timeline 42
              callbox timeline --external traceId=t-1
              callbox timeline --field linkId=4437b139-8a16-11ee-b636-487b6bad036a
              callbox timeline --field personalTaxId=10020030088 --format json
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var formats: FormatOptions

    @Argument(help: "Delivery or report: 42, 42.2 or latest.", transform: ItemReference.parse)
    var id: ItemReference?

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Show at most this many of the latest reports.", valueName: "count"))
    var limit = 100

    @Flag(help: "Show all results, without a limit.")
    var all = false

    func validate() throws {
        guard (id == nil) != filters.isEmpty else {
            throw ValidationError("timeline needs either an ID or filters, such as --external traceId=t-1")
        }
        guard (1...TimelineSearch.reportLimit).contains(limit) else {
            throw ValidationError("--limit must be between 1 and \(TimelineSearch.reportLimit)")
        }
    }

    func run() async throws {
        let console = options.console
        let filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        var search = TimelineSearch(reader, providers: CallboxCommand.providers)
        let found: Timeline
        if let id {
            found = try search.run(from: try reader.reports(of: id.deliveryID(reader, for: "timeline")))
        } else {
            found = try search.run(from: [filter])
        }
        guard !found.entries.isEmpty else { return console.note("no report matches") }
        let timeline = all ? found : found.limited(to: limit)
        let format = formats.resolved(for: console)
        try TimelineView(timeline, CallboxCommand.providers).print(format, on: console)
        if console.isTerminal, format != .table { console.note(RevealOptions.maskingNote) }
        let hiddenCount = found.entries.count - timeline.entries.count
        if hiddenCount > 0 {
            console.note("\(HumanText.count(hiddenCount, "earlier report")) not shown; use --limit or --all")
        }
        if let shortcoming = timeline.shortcoming { console.note(shortcoming) }
    }
}
