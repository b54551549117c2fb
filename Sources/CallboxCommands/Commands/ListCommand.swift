internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

extension ReportSubject: ExpressibleByArgument {}

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List reports, newest first.",
        usage: "callbox list [<filters>] [<options>]",
        discussion: """
            EXAMPLES
              callbox list                                     the newest 20
              callbox list --provider klavi --since 7d
              callbox list --external traceId=t-1 --type pf_checking_account
              callbox list --field linkId=4437b139-8a16-11ee-b636-487b6bad036a
              callbox list --json-path '$.accounts[*].balance>=1000' --explain
              callbox list --unrouted --all --format csv > unrouted.csv
              callbox list --latest-per link                   what is true now
              callbox list --json id,type,externalInfo | jq .externalInfo
              callbox list --external traceId=t-1 --reveal --reason claim-7

            'callbox help filters' explains the filters.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var formats: FormatOptions
    @OptionGroup var revealing: RevealOptions

    @Option(
        defaultAsFlag: "",
        help: ArgumentHelp(
            "Write JSON with these members alone; without names, list what there is.", valueName: "names"))
    var json: String?

    @OptionGroup var page: LimitOptions

    @Flag(help: "List every arrival of a report, not only the first.")
    var attempts = false

    @Option(
        help: ArgumentHelp(
            "Only the latest of each link, case or subject, a type at a time, by the provider's own time.",
            valueName: "what"))
    var latestPer: ReportSubject?

    @Option(
        help: ArgumentHelp("Show the page before this report.", valueName: "id"), transform: ItemReference.parse)
    var before: ItemReference?

    @Flag(help: "Say how the reports would be found, and find none.")
    var explain = false

    func validate() throws {
        guard !attempts || latestPer == nil else {
            throw ValidationError("--attempts and --latest-per exclude each other.")
        }
        guard before == nil || latestPer == nil else {
            throw ValidationError("--latest-per comes in one page: --before is not for it.")
        }
        guard json == nil || formats.format == nil || formats.format == .json || formats.format == .ndjson else {
            throw ValidationError("--json writes JSON: leave --format out, or make it json or ndjson.")
        }
    }

    func run() async throws {
        let console = options.console
        guard json != "" else { return try ReportRecord.names.forEach { try console.print($0) } }
        let fields = try json.map(ReportRecord.Choice.init) ?? .all
        let filter = try filter()
        let access = ArchiveAccess(try options.load(), console: console)
        let reader = try await access.reader()
        let format = json == nil ? formats.resolved(for: console) : formats.format ?? .ndjson
        guard !explain else { return try PlanView(of: filter, reader).print(format, on: console) }
        if revealing.reveal { try await revealing.record("list --reveal", of: what, access) }
        var listing = ReportListing.rows(
            format, on: console, fields: fields, now: console.isTerminal ? SystemClock.now() : nil,
            isRevealed: revealing.reveal)
        var last: ReportSummary?
        var hasMore = false
        let conclusion = try MatchingReports(reader: reader, console: console).forEach(filter) { report in
            guard page.shows(after: listing.count) else { return hasMore = true }
            try listing.add(report)
            last = report
        }
        try listing.finish()
        if listing.count == 0, !conclusion.isInterrupted { try MissingReports.explain(filter, reader, console) }
        if hasMore, let last, latestPer == nil {
            console.note("there are more: \(NextPage.command(before: last))")
        } else if hasMore {
            console.note(page.hint)
        }
        try conclusion.conclude(on: console, shown: listing.count)
    }

    /// What is listed, in words for the access log.
    private var what: String {
        filters.words + (before.map { ", before \($0)" } ?? "") + (page.all ? "" : ", at most \(page.limit)")
    }

    private func filter() throws(CommandFailure) -> ReportFilter {
        var filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        filter.listsAttempts = attempts
        filter.latestPer = latestPer.map { CallboxCommand.providers.identities.identifying($0) }
        filter.before = try before.map { id throws(CommandFailure) in try id.reportID(for: "list") }
        filter.limit = page.readCount
        return filter
    }
}
