internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search bodies and externalInfo for a text.",
        usage: "callbox search <text> ... [<filters>] [<options>]",
        discussion: """
            Finds the words as they stand, one after the other, in any case of letters; a text that a body writes \
            with JSON's escapes is found as well. Filters narrow before any body is opened. Ctrl-C ends it with what \
            there is; the last line says how many bodies were looked at.

            EXAMPLES
              callbox search "banco do brasil" --provider klavi --since 30d
              callbox search 39053344705 --all
              callbox search insufficient funds --type pf_income --json
              callbox search O-123 --format json | jq '.[].matches'

            'callbox help filters' explains the filters.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var formats: FormatOptions

    @Argument(help: ArgumentHelp("What to look for. Several words are one text.", valueName: "text"))
    var words: [String]

    @OptionGroup var page: LimitOptions

    @Flag(help: "The same as --format ndjson.")
    var json = false

    @Option(
        help: ArgumentHelp("Show the page before this report.", valueName: "id"), transform: ItemReference.parse)
    var before: ItemReference?

    @Flag(help: "Say how the reports would be found, and find none.")
    var explain = false

    /// Places of a body that are shown.
    private static let excerptLimit = 3

    func validate() throws {
        guard words.contains(where: { !$0.isEmpty }) else { throw ValidationError("Say what to look for.") }
        guard !json || formats.format == nil else { throw ValidationError("--json and --format exclude each other.") }
        guard filters.text.isEmpty else {
            throw ValidationError("The text to look for stands alone: leave --text out.")
        }
        guard formats.format != .csv else { throw ValidationError("search writes table, json or ndjson.") }
    }

    func run() async throws {
        let console = options.console
        let text = words.joined(separator: " ")
        var filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        filter.texts = [text]
        filter.before = try before.map { id throws(CommandFailure) in try id.reportID(for: "search") }
        filter.limit = page.readCount
        let format = json ? .ndjson : formats.resolved(for: console)
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        guard !explain else { return try PlanView(of: filter, reader).print(format, on: console) }
        var listing = SearchListing(format, on: console, now: SystemClock.now())
        var last: ReportSummary?
        var hasMore = false
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { report in
            guard page.shows(after: listing.count) else { return hasMore = true }
            try listing.add(report, excerpts: try excerpts(text, report, reader))
            last = report
        }
        try listing.finish()
        if listing.count == 0, !conclusion.isInterrupted { try MissingReports.explain(filter, reader, console) }
        if hasMore, let last { console.note("there are more: \(NextPage.command(before: last))") }
        try conclusion.conclude(on: console, shown: listing.count)
    }

    private func excerpts(
        _ text: String, _ report: ReportSummary, _ reader: ArchiveReader
    ) throws(CommandFailure) -> [Excerpt] {
        let delivery = try translating { try reader.delivery(report.deliveryID) }
        let body = delivery?.request.body ?? []
        return BodyExcerpts.find(
            [text], in: body.isEmpty ? Array((report.externalInfo ?? "").utf8) : body, limit: Self.excerptLimit)
    }
}
