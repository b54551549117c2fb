internal import ArgumentParser
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
            usage: "callbox archive info [<file>] [--format <format>] [<options>]",
            discussion: """
                Works on any archive, a backup too, and takes the same time however large it is.

                EXAMPLES
                  callbox archive info
                  callbox archive info backups/monday.sqlite --format json
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "A backup. The configured archive if it is left out.")
        var file: String?

        @Option(name: .shortAndLong, help: "How to write it. A table on a terminal, json in a pipe.")
        var format: ViewFormat?

        func run() async throws {
            let console = options.console
            let journal = try file.map(JournalFile.init) ?? ArchiveDirectory(path: options.load().archivePath).journal
            let info: JournalInfo
            do throws(ArchiveError) {
                info = try JournalInfo(journal)
            } catch {
                throw CommandFailure(error)
            }
            let format = format ?? (console.isTerminal ? .table : .json)
            let lines =
                format == .json
                ? [ArchiveInfoView.json(info, journal).line] : ArchiveInfoView.lines(info, journal, console)
            for line in lines { try console.print(line) }
        }
    }
}
