internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension ArchiveCommand {
    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Count what is in the archive.",
            usage: "callbox archive stats [--format <format>] [<options>]",
            discussion: """
                EXAMPLES
                  callbox archive stats
                  callbox archive stats --format json | jq .fileBytes
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(name: .shortAndLong, help: "How to write it. A table on a terminal, json in a pipe.")
        var format: ViewFormat?

        func run() async throws {
            let console = options.console
            let reader = try await ArchiveAccess(try options.load(), console: console).reader()
            let statistics: ArchiveStatistics
            do throws(ArchiveReadFailure) {
                statistics = try reader.statistics()
            } catch {
                throw CommandFailure(error)
            }
            let format = format ?? (console.isTerminal ? .table : .json)
            let lines =
                format == .json ? [StatisticsView.json(statistics).line] : StatisticsView.lines(statistics, console)
            for line in lines { try console.print(line) }
        }
    }
}
