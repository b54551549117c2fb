internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import Journal
internal import Presentation
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension StatsDimension: ExpressibleByArgument {}

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count deliveries and reports, and find quiet sources.",
        usage: "callbox stats [--by <what> ...] [<filters>] [<options>]",
        discussion: """
            Without --by: totals, the last arrival and usual interval of each source,
            charts over time, and the most frequent types. The bytes of a body with
            several reports are counted once, with its first report. Days and hours are
            local; see --utc and --tz.

            EXAMPLES
              callbox stats
              callbox stats --since 24h --provider klavi
              callbox stats --by type --limit 5
              callbox stats --by day --by source --format csv > days.csv
              callbox stats | jq '.rhythms[] | select(.isQuiet)'
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var formats: FormatOptions

    @Option(
        help: ArgumentHelp(
            "Group by up to three of: provider, source, type, topic, rule, verification, day, hour.",
            valueName: "what"))
    var by: [StatsDimension] = []

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Show at most this many groups, and sum the rest.", valueName: "count"))
    var limit: Int?

    func validate() throws {
        guard by.count <= 3, Set(by).count == by.count else {
            throw ValidationError("--by accepts up to three different dimensions")
        }
        guard limit == nil || !by.isEmpty else { throw ValidationError("--limit needs --by") }
        guard (1...GroupedTotals.groupLimit).contains(limit ?? 1) else {
            throw ValidationError("--limit must be between 1 and \(GroupedTotals.groupLimit)")
        }
        guard formats.given?.isCSV != true || !by.isEmpty else { throw ValidationError("--format csv needs --by") }
    }

    func run() async throws {
        let console = options.console
        let now = SystemClock.now()
        let filter = try filters.filter(now: now, clock: options.clock)
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        let format = formats.resolved(for: console)
        let counting = StatsCounting(
            reader, filter, now: now, barLimit: ChartLines.barLimit(width: console.width),
            offset: console.clock.offset
        ) {
            console.progress("counting: \(HumanText.percent(Int64(exactly: ($0 * 100).rounded()) ?? 0, of: 100))")
        }
        if by.isEmpty {
            let overview = try counting.overview()
            console.progress("")
            guard format != .table || overview.total.arrivalCount > 0 || !overview.rhythms.isEmpty else {
                return try MissingReports.explain(filter, reader, console)
            }
            try write(overview, format, console)
        } else {
            let groups = try counting.groups(by)
            console.progress("")
            let span = StatsSpan.span(filter, groups.total, now: now)
            var rows = groups.ordered(limit: limit).map { StatsRow(group: $0, whole: groups.total, span: span) }
            guard !rows.isEmpty || format != .table else { return console.note("no report matches") }
            if format == .table {
                let total = GroupedTotals.Group(values: [], totals: groups.total)
                rows.append(StatsRow(group: total, whole: groups.total, span: span, isTotal: true))
            }
            var listing = RowListing(format, on: console, StatsRow.members(by, on: console.clock))
            try listing.print(rows)
        }
    }

    private func write(_ overview: StatsOverview, _ format: OutputFormat, _ console: Console) throws {
        guard format == .table else { return try console.print(overview.json.line) }
        let glyphs = ChartGlyphs.preferred(ProcessInfo.processInfo.environment)
        let charts = ChartLines(glyphs: glyphs, console: console)
        for line in StatsOverviewView(overview: overview, charts: charts).lines { try console.print(line) }
    }
}
