internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Presentation
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension ArchiveCommand {
    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info",
            abstract: "Show the size, age and chain of an archive or a backup.",
            usage: "callbox archive info [<file> | --totals] [--format <format>]",
            discussion: """
                EXAMPLES
                  callbox archive info
                  callbox archive info --totals
                  callbox archive info backups/monday.sqlite --format json
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var formats: ViewFormatOptions

        @Argument(help: "A backup. Default: the configured archive.")
        var file: String?

        @Flag(help: "Also count deliveries, reports and bytes. Reads the whole archive.")
        var totals = false

        func validate() throws {
            guard !totals || file == nil else { throw ValidationError("--totals needs an archive, not a backup") }
        }

        func run() async throws {
            let console = options.console
            let journal = try file.map(JournalFile.init) ?? ArchiveDirectory(path: options.load().archivePath).journal
            var statistics: ArchiveStatistics?
            if totals {
                let reader = try await ArchiveAccess(try options.load(), console: console).reader()
                statistics = try reader.statistics()
            }
            let view = ArchiveInfoView(
                info: try JournalInfo(journal), journal: journal, totals: statistics)
            try formats.print(view.json, view.lines(console), on: console)
        }
    }
}
