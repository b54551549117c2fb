internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search bodies and externalInfo for text.",
        usage: "callbox search <text> ... [<filters>] [<options>]",
        discussion: """
            Ignores case, accents and the punctuation of national numbers. Decodes JSON escapes, \
            gzip and UTF-16. Filters apply before bodies are read. Ctrl-C stops the search and keeps the results.

            EXAMPLES
              callbox search "banco do brasil" --provider klavi --since 30d
              callbox search 39053344705 --all
              callbox search insufficient funds --type pf_income
              callbox search O-123 --format json | jq '.[].matches'
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var formats: FormatOptions

    @Argument(help: ArgumentHelp("Text to search for. Several words form one text.", valueName: "text"))
    var words: [String]

    @OptionGroup var page: LimitOptions

    @Option(
        help: ArgumentHelp("Show reports archived before this one.", valueName: "id"), transform: ItemReference.parse)
    var before: ItemReference?

    @OptionGroup var planning: PlanOptions

    /// The maximum number of matches shown per body.
    private static let excerptLimit = 3

    func validate() throws {
        guard words.contains(where: { !$0.isEmpty }) else { throw ValidationError("the text is empty") }
        guard filters.text.isEmpty else {
            throw ValidationError("--text cannot be combined with the text of the search")
        }
    }

    func run() async throws {
        let console = options.console
        let text = words.joined(separator: " ")
        var filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        filter.texts = [text]
        filter.before = try before.map { id throws(CommandFailure) in try id.reportID(for: "search") }
        filter.limit = page.readCount
        let format = formats.resolved(for: console)
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        guard !planning.explain else { return try planning.print(filter, reader, format, console) }
        var listing = RowListing(
            format, on: console, SearchHit.members(masks: console.isTerminal, joinsMatches: format.isCSV))
        var isFirst = true
        try MatchingReports(reader: reader, console: console).page(filter, page) { report in
            let excerpts = BodyExcerpts.find(
                text, in: try reader.delivery(report.deliveryID), externalInfo: report.externalInfo,
                isExact: filters.exact, limit: Self.excerptLimit)
            let hit = SearchHit(report: report, excerpts: excerpts)
            guard format == .table else { return try listing.add(hit) }
            let lines = (isFirst ? [] : [""]) + hit.lines(on: console, now: options.ageClock)
            for line in lines { try console.print(line) }
            isFirst = false
        } finish: {
            try listing.finish()
        }
        if console.isTerminal, format != .table { console.note(RevealOptions.maskingNote) }
    }
}
