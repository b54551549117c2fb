internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension LinkState: ExpressibleByArgument {}

extension LinksCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List links, newest first, with what came for them.",
            usage: "callbox links list [<options>]",
            discussion: """
                EXAMPLES
                  callbox links list                                  the newest 20
                  callbox links list --provider certificall --since 7d
                  callbox links list --external traceId=t-1
                  callbox links list --state failed --all --format csv
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup(title: "Filters") var filters: LinkFilterOptions
        @OptionGroup var formats: FormatOptions

        @Option(help: "requested, created, failed, disabled or dismissed.")
        var state: [LinkState] = []

        @OptionGroup var page: LimitOptions

        func run() async throws {
            let console = options.console
            var filter = try filters.filter(now: SystemClock.now())
            filter.states = state
            filter.limit = page.readCount
            let reader = try await ArchiveAccess(try options.load(), console: console).reader()
            let links = try translating { try reader.links(matching: filter) }
            let shown = page.shown(links)
            var listing = LinkListing(formats.resolved(for: console), on: console)
            for link in shown {
                try listing.add(try translating { try reader.progress(of: link) })
            }
            try listing.finish()
            if shown.isEmpty { console.note("no link matches") }
            if links.count > shown.count { console.note(page.hint) }
        }
    }
}
