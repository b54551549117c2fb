internal import ArgumentParser
internal import ReportArchive

extension ReportSubject: ExpressibleByArgument {}

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List reports, newest first.",
        discussion: """
            EXAMPLES
              callbox list                                     the newest 20
              callbox list --provider klavi --since 7d
              callbox list --external traceId=t-1 --kind pf_checking_account
              callbox list --field linkId=4437b139-8a16-11ee-b636-487b6bad036a
              callbox list --unrouted --all --format csv > unrouted.csv
              callbox list --latest-per link                   what is true now
              callbox list --all | jq .externalInfo
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var formats: FormatOptions

    @Option(name: [.short, .long], help: ArgumentHelp("Most reports to list.", valueName: "count"))
    var limit = 20

    @Flag(help: "List every arrival of a report, not only the first.")
    var attempts = false

    @Option(
        help: ArgumentHelp(
            "Only the latest of each link, case or subject, a kind at a time, by the provider's own time.",
            valueName: "what"))
    var latestPer: ReportSubject?

    @Flag(help: "List everything that matches.")
    var all = false

    func validate() throws {
        guard !attempts || latestPer == nil else {
            throw ValidationError("--attempts and --latest-per exclude each other.")
        }
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to 1000000.")
        }
    }

    func run() async throws {
        let console = options.console
        var filter = try filters.filter(now: SystemClock.now())
        filter.listsAttempts = attempts
        filter.latestPer = latestPer
        // One more than asked for tells whether there are more.
        filter.limit = all ? nil : limit + 1
        let configuration = try options.load()
        let reader = try await ArchiveAccess(configuration, console: console).reader()
        var listing = ReportListing(formats.resolved(for: console), on: console)
        var hasMore = false
        do throws(ArchiveReadFailure) {
            try reader.forEachReport(matching: filter) { report in
                if all || listing.count < limit { try listing.add(report) } else { hasMore = true }
            }
        } catch .stopped(let error) {
            throw error
        } catch {
            throw CommandFailure(error)
        }
        try listing.finish()
        if listing.count == 0 { console.note("no report matches") }
        if hasMore { console.note("there are more: --limit \(limit * 5), or --all") }
    }
}
