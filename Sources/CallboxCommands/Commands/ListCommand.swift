internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Presentation
internal import Providers
internal import ReportIndex
internal import TerminalOutput

extension ReportSubject: ExpressibleByArgument {}

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List reports, last archived first.",
        usage: "callbox list [<filters>] [<options>]",
        discussion: """
            Rejected deliveries are not reports: see 'callbox quarantine list'.

            EXAMPLES
              callbox list --provider klavi --since 7d
              callbox list --external traceId=t-1 --type pf_checking_account
              callbox list --json-path '$.accounts[*].balance>=1000' --explain
              callbox list --all --excel --columns id,externalInfo.traceId > a.csv
              callbox list --latest-per link
              callbox list --json id,type,externalInfo | jq .externalInfo
              callbox list --external traceId=t-1 --reveal --reason claim-7
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var formats: FormatOptions
    @OptionGroup var page: LimitOptions

    @Option(
        help: ArgumentHelp("Show reports archived before this one.", valueName: "id"), transform: ItemReference.parse)
    var before: ItemReference?

    @Flag(help: "List every arrival of a report; TRIES counts them.")
    var attempts = false

    @Option(
        help: ArgumentHelp(
            "List only the latest report of each type per link, case or subject, by the provider's time.",
            valueName: "what"))
    var latestPer: ReportSubject?

    @OptionGroup var json: MemberOptions
    @OptionGroup var revealing: RevealOptions
    @OptionGroup var planning: PlanOptions

    func validate() throws {
        guard !attempts || latestPer == nil else {
            throw ValidationError("--attempts and --latest-per cannot be combined")
        }
        guard before == nil || latestPer == nil else {
            throw ValidationError("--before and --latest-per cannot be combined")
        }
        try json.check(formats)
    }

    func run() async throws {
        let console = options.console
        var filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
        filter.listsAttempts = attempts
        filter.latestPer = latestPer.map { CallboxCommand.providers.identities.identifying($0) }
        filter.before = try before.map { id throws(CommandFailure) in try id.reportID(for: "list") }
        filter.limit = page.readCount
        let masks = console.isTerminal && !revealing.reveal
        var members = ReportRow.members(
            now: options.ageClock, masks: masks, isRevealed: revealing.reveal, countsAttempts: attempts)
        if let names = json.json ?? json.columns {
            members = try members.selecting(names, masks: masks, isRevealed: revealing.reveal)
        }
        let access = ArchiveAccess(try options.load(), console: console)
        let reader = try await access.reader()
        let format = json.resolved(formats, for: console)
        guard !planning.explain else { return try planning.print(filter, reader, format, console) }
        let (reveal, reason) = (revealing.reveal, revealing.reason)
        if reveal { try await RevealOptions.record("list --reveal", of: subject, reason: reason, access) }
        var listing = RowListing(format, on: console, members)
        try MatchingReports(reader: reader, console: console).page(filter, page) { report in
            try listing.add(report)
        } finish: {
            try listing.finish()
        }
        if masks, format != .table { console.note(RevealOptions.maskingNote) }
    }

    /// The selected reports, as text for the audit log.
    private var subject: String {
        filters.words + (before.map { ", before \($0)" } ?? "") + (page.all ? "" : ", at most \(page.limit)")
    }
}
