internal import ArgumentParser
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension ArchiveCommand {
    struct Access: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "access",
            abstract: "List who had shown in full what is masked, newest first.",
            usage: "callbox archive access [--limit <count>] [<options>]",
            discussion: """
                A row is written before something is shown: for --reveal, and for bodies in full on a terminal. \
                What is read in a pipe, or out of the file without Callbox, is not on it.

                EXAMPLES
                  callbox archive access
                  callbox archive access --limit 1000 --format csv > access.csv
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var formats: FormatOptions

        @OptionGroup var page: LimitOptions

        func run() async throws {
            let console = options.console
            let reader = try await ArchiveAccess(try options.load(), console: console).reader()
            var view = AccessView.listing(formats.resolved(for: console), on: console)
            var hasMore = false
            // One more than asked for tells whether there are more.
            try reader.forEachAccess(limit: page.readCount) { entry in
                if page.shows(after: view.count) { try view.add(entry) } else { hasMore = true }
            }
            try view.finish()
            if view.count == 0 { console.note("the access log is empty") }
            if hasMore { console.note(page.hint) }
        }
    }
}
