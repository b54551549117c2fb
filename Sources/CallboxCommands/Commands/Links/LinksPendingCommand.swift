internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Pending: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pending",
            abstract: "Name the links for which something has not come.",
            usage: "callbox links pending [<options>]",
            discussion: """
                For monitoring: exit status 1 where something is pending, 0 where nothing is. A link counts until what it \
                expects has come, until it is disabled, or until 'links dismiss' gives it up.

                EXAMPLES
                  callbox links pending --older-than 10m
                  callbox links pending --provider klavi --since 30d --format json
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup(title: "Filters") var filters: LinkFilterOptions
        @OptionGroup var formats: FormatOptions

        @Option(help: ArgumentHelp("Only links that were asked for longer ago than this.", valueName: "time"))
        var olderThan: String?

        func run() async throws {
            let console = options.console
            let now = SystemClock.now()
            var filter = try filters.filter(now: now)
            filter.states = LinkState.allCases.filter(\.isPending)
            if let olderThan {
                guard let age = Quantity.duration(olderThan) else {
                    throw CommandFailure(
                        .usage, "--older-than does not understand '\(TerminalText.escape(olderThan))'",
                        advice: "Write a time such as 10m, 2h or 3d.")
                }
                filter.until = now.advanced(byMilliseconds: -age.milliseconds)
            }
            let reader = try await ArchiveAccess(try options.load(), console: console).reader()
            var listing = LinkListing(formats.resolved(for: console), on: console)
            filter.limit = Self.pageCount
            while true {
                let page = try translating { try reader.links(matching: filter) }
                for link in page {
                    let progress = try translating { try reader.progress(of: link) }
                    if progress.isPending { try listing.add(progress) }
                }
                guard let last = page.last, page.count == Self.pageCount else { break }
                filter.before = last.id
            }
            try listing.finish()
            guard listing.count > 0 else {
                console.note("nothing is pending")
                return
            }
            console.note("\(HumanText.count(listing.count, "link waits", "links wait")) for something")
            throw ExitStatus.negative
        }

        /// Links that are read at a time.
        private static let pageCount = 500
    }
}
