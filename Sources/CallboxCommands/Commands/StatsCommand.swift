internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension StatsDimension: ExpressibleByArgument {}

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count what came: how much, from where, when, and who has gone quiet.",
        usage: "callbox stats [--by <what> ...] [<filters>] [<options>]",
        discussion: """
            Without --by it is one page: totals, each source with when it was last seen and how often it usually \
            comes, a chart, the hours of the week where the time is longer than two days, and the types that come \
            most. Times are in UTC. A body with several reports counts with the first of them.

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
            "provider, source, type, topic, rule, verification, day or hour; up to three.", valueName: "what"))
    var by: [StatsDimension] = []

    @Option(
        name: [.customShort("n"), .long],
        help: ArgumentHelp("Most groups to list; the rest is one more.", valueName: "count"))
    var limit: Int?

    func validate() throws {
        guard by.count <= 3, Set(by).count == by.count else {
            throw ValidationError("--by takes up to three different words.")
        }
        guard limit == nil || !by.isEmpty else { throw ValidationError("--limit goes with --by.") }
        guard (1...GroupedTotals.groupLimit).contains(limit ?? 1) else {
            throw ValidationError("--limit takes a number from 1 to \(GroupedTotals.groupLimit).")
        }
        guard formats.format != .csv || !by.isEmpty else { throw ValidationError("--format csv goes with --by.") }
    }

    func run() async throws {
        let console = options.console
        let now = SystemClock.now()
        let filter = try filters.filter(now: now, clock: options.clock)
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        let format = formats.resolved(for: console)
        let counting = StatsCounting(reader, filter, now: now, barLimit: ChartLines.barLimit(width: console.width)) {
            console.progress("counting: \(HumanText.percent(Int64(exactly: ($0 * 100).rounded()) ?? 0, of: 100))")
        }
        if by.isEmpty {
            let overview = try counting.overview()
            console.progress("")
            try write(overview, format, console)
        } else {
            let groups = try counting.groups(by)
            console.progress("")
            let view = StatsGroupsView(
                dimensions: by, groups: groups.ordered(limit: limit), total: groups.total,
                span: StatsSpan.span(filter, groups.total, now: now))
            try view.print(format, console)
            if view.groups.isEmpty { console.note("no report matches") }
        }
    }

    private func write(_ overview: StatsOverview, _ format: OutputFormat, _ console: Console) throws {
        guard format == .table else { return try console.print(StatsRecord.json(overview).line) }
        guard overview.total.arrivalCount > 0 || !overview.rhythms.isEmpty else {
            return console.note(
                "nothing has come that matches; 'callbox serve' receives, 'callbox config urls' has the addresses")
        }
        let glyphs = ChartGlyphs.preferred(ProcessInfo.processInfo.environment)
        let charts = ChartLines(glyphs: glyphs, console: console)
        for line in StatsOverviewView(overview: overview, charts: charts).lines { try console.print(line) }
    }
}
