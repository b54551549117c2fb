internal import ArgumentParser
internal import CallboxServer
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension ArchiveCommand {
    struct Reindex: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reindex",
            abstract: "Build the index again from the journal.",
            usage: "callbox archive reindex [<options>]",
            discussion: """
                Reads every delivery again and routes it by today's configuration, so a changed route holds for the past too. \
                The new index is built beside the old one and takes its place at the end: no report is missing meanwhile. With \
                a running server, that server and its configuration do it.

                EXAMPLES
                  callbox archive reindex
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let console = options.console
            let access = ArchiveAccess(try options.load(), console: console)
            _ = try await access.run(.reindex)
            let reader = try access.openReader()
            let statistics = try reader.statistics()
            let deliveryCount = statistics.sources.reduce(0) { $0 + $1.deliveryCount }
            try console.print(
                "\(HumanText.count(statistics.reportCount, "report")) from "
                    + HumanText.count(deliveryCount, "delivery", "deliveries"))
        }
    }
}
