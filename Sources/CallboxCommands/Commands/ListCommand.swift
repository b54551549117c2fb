internal import ArgumentParser
internal import ReportArchive

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
              callbox list --all | jq .externalInfo
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions
    @OptionGroup var formats: FormatOptions

    @Option(name: [.short, .long], help: ArgumentHelp("Most reports to list.", valueName: "count"))
    var limit = 20

    @Flag(help: "List everything that matches.")
    var all = false

    func validate() throws {
        guard (1...1_000_000).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to 1000000.")
        }
    }

    func run() async throws {
        let console = Console.standard
        var filter = try filters.filter(now: SystemClock.now())
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
