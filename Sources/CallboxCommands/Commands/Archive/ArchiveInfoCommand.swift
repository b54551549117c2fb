internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension ArchiveCommand {
    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info",
            abstract: "Describe an archive or a backup.",
            usage: "callbox archive info [<file> | --totals] [--format <format>] [<options>]",
            discussion: """
                Works on any archive, a backup too, and takes the same time however large it is, without --totals.

                EXAMPLES
                  callbox archive info
                  callbox archive info --totals
                  callbox archive info backups/monday.sqlite --format json
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "A backup. The configured archive if it is left out.")
        var file: String?

        @Option(name: .shortAndLong, help: "How to write it. A table on a terminal, json in a pipe.")
        var format: ViewFormat?

        @Flag(help: "Count deliveries, reports and bytes, too. Reads the whole archive.")
        var totals = false

        func validate() throws {
            guard !totals || file == nil else { throw ValidationError("--totals needs an archive, not a backup.") }
        }

        func run() async throws {
            let console = options.console
            let journal = try file.map(JournalFile.init) ?? ArchiveDirectory(path: options.load().archivePath).journal
            var statistics: ArchiveStatistics?
            if totals {
                let reader = try await ArchiveAccess(try options.load(), console: console).reader()
                statistics = try translating { try reader.statistics() }
            }
            let view = ArchiveInfoView(
                info: try translating { try JournalInfo(journal) }, journal: journal, totals: statistics)
            let format = format ?? (console.isTerminal ? .table : .json)
            for line in format == .json ? [view.json.line] : view.lines(console) { try console.print(line) }
        }
    }
}
