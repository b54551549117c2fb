internal import ArgumentParser
internal import Presentation
internal import ReportIndex

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "List accesses to unmasked data, newest first.",
        usage: "callbox audit [--limit <count> | --all] [<options>]",
        discussion: """
            An access is recorded before the data is shown: for --reveal, and for whole bodies on a terminal. Reads through \
            a pipe, and reads of the files without Callbox, are not recorded.

            EXAMPLES
              callbox audit
              callbox audit --limit 1000 --format csv > access.csv
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var formats: FormatOptions
    @OptionGroup var page: LimitOptions

    func run() async throws {
        let console = options.console
        let reader = try await ArchiveAccess(try options.load(), console: console).reader()
        var listing = RowListing(formats.resolved(for: console), on: console, AccessEntry.members)
        try listing.print(page: page, none: "the audit log is empty") { add in
            try reader.forEachAccess(limit: page.readCount, add)
        }
    }
}
