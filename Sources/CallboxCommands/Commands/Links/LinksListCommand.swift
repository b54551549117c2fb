internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List links and their reports, newest first.",
            usage: "callbox links list [--pending | --follow-ups] [<filters>] [<options>]",
            discussion: """
                A link is pending until its reports arrive, or until it is cancelled or dismissed ('links dismiss').

                EXAMPLES
                  callbox links list --provider certificall --since 7d
                  callbox links list --pending --older-than 10m
                  callbox links list --follow-ups --state failed
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup(title: "Filters") var filters: LinkFilterOptions
        @OptionGroup var formats: FormatOptions
        @OptionGroup var page: LimitOptions

        @Option(
            help: ArgumentHelp(
                "\(HumanText.list(LinkState.allCases.map(\.rawValue), "or")); with --follow-ups "
                    + "\(HumanText.list(FollowUpState.allCases.map(\.rawValue), "or")).",
                valueName: "state"))
        var state: [String] = []

        @Flag(help: "List pending links. Exits with 1 if there are any.")
        var pending = false

        @Option(help: ArgumentHelp("With --pending: only links older than this.", valueName: "duration"))
        var olderThan: String?

        @Flag(help: "List follow-ups: calls that fetch announced data.")
        var followUps = false

        func validate() throws {
            guard !pending || !followUps else {
                throw ValidationError("--pending cannot be combined with --follow-ups")
            }
            guard pending || olderThan == nil else { throw ValidationError("--older-than needs --pending") }
            guard !pending || state.isEmpty else { throw ValidationError("--state cannot be combined with --pending") }
            guard !followUps || filters.isEmpty else {
                throw ValidationError("--follow-ups accepts only the filter --state")
            }
            let known = followUps ? FollowUpState.allCases.map(\.rawValue) : LinkState.allCases.map(\.rawValue)
            for name in state where !known.contains(name) {
                throw ValidationError(
                    "'\(TerminalText.escape(name))' is not a state; use \(HumanText.list(known, "or")).")
            }
        }

        func run() async throws {
            let console = options.console
            let format = formats.resolved(for: console)
            var filter = try filters.filter(now: SystemClock.now(), clock: options.clock)
            let reader = try await ArchiveAccess(try options.load(), console: console).reader()
            if followUps {
                let found = try reader.followUps(
                    in: state.compactMap(FollowUpState.init), limit: page.readCount)
                var listing = RowListing(format, on: console, FollowUpRecord.members)
                return try listing.print(found, page: page, none: "no follow-up matches")
            }
            let providers = CallboxCommand.providers
            var listing = RowListing(format, on: console, LinkProgress.members(providers, masks: console.isTerminal)) {
                LinkView.json($0, providers, masks: console.isTerminal)
            }
            if pending {
                try await listPending(filter, reader, &listing)
                guard listing.count > 0 else { return console.note("no link is pending") }
                console.note("\(HumanText.count(listing.count, "link is", "links are")) pending")
                throw ExitStatus.negative
            }
            filter.states = state.compactMap(LinkState.init)
            filter.limit = page.readCount
            let links = try reader.links(matching: filter)
            try listing.print(page: page, none: "no link matches") { add in
                for link in links { try add(try reader.progress(of: link)) }
            }
        }

        /// Lists all pending links, because monitoring must not miss any link.
        private func listPending(
            _ filter: LinkFilter, _ reader: ArchiveReader, _ listing: inout RowListing<LinkProgress>
        ) async throws {
            var filter = filter
            filter.states = LinkState.allCases.filter(\.isPending)
            filter.limit = Self.pageCount
            if let olderThan {
                let age = try OptionCheck.duration(olderThan, "--older-than")
                filter.until = SystemClock.now().advanced(byMilliseconds: -age.milliseconds)
            }
            while true {
                let page = try reader.links(matching: filter)
                for link in page {
                    let progress = try reader.progress(of: link)
                    if progress.isPending { try listing.add(progress) }
                }
                guard let last = page.last, page.count == Self.pageCount else { break }
                filter.before = last.id
            }
            try listing.finish()
        }

        /// The number of links per read.
        private static let pageCount = 500
    }
}
