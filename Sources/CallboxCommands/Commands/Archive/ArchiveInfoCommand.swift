internal import ArgumentParser
internal import Deliveries
internal import ReportArchive
internal import StrictJSON

extension ArchiveCommand {
    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "info",
            abstract: "Tell what a file is, without a server and without changing it.",
            usage: "callbox archive info [<file>] [--format <format>] [<options>]",
            discussion: """
                Works on any archive, a backup too, and takes the same time however large it is.

                EXAMPLES
                  callbox archive info
                  callbox archive info backups/monday.sqlite --format json
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "The file; the configured archive where none is given.")
        var file: String?

        @Option(name: .shortAndLong, help: "How to write it. A table on a terminal, json in a pipe.")
        var format: ViewFormat?

        func run() async throws {
            let console = options.console
            let location = ArchiveLocation(path: try file ?? options.load().archivePath)
            let info: ArchiveInfo
            do throws(ArchiveError) {
                info = try ArchiveInfo(location)
            } catch {
                throw CommandFailure(error)
            }
            let format = format ?? (console.isTerminal ? .table : .json)
            let lines =
                format == .json
                ? [ArchiveInfoView.json(info, location).line] : ArchiveInfoView.lines(info, location, console)
            for line in lines { try console.print(line) }
        }
    }
}
