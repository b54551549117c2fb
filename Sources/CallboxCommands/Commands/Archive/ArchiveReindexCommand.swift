internal import ArgumentParser
internal import CallboxServer
internal import ReportIndex
internal import TerminalOutput

extension ArchiveCommand {
    struct Reindex: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reindex",
            abstract: "Rebuild the index from the journal.",
            usage: "callbox archive reindex",
            discussion: """
                Every delivery is parsed and routed again, so changed routes also apply to old deliveries. Queries \
                use the old index until the new index is complete. A running server rebuilds the index with the \
                server's own configuration.

                EXAMPLES
                  callbox archive reindex
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let access = ArchiveAccess(try options.load(), console: options.console)
            _ = try await access.run(.reindex)
            let statistics = try access.openReader().statistics()
            let deliveryCount = statistics.sources.reduce(0) { $0 + $1.deliveryCount }
            try options.console.print(
                "\(HumanText.count(statistics.reportCount, "report")) from "
                    + HumanText.count(deliveryCount, "delivery", "deliveries"))
        }
    }
}
