internal import ArgumentParser
internal import Deliveries
internal import ReportArchive

extension ArchiveCommand {
    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild",
            abstract: "Read every delivery anew and route it by today's configuration.",
            usage: "callbox archive rebuild [<options>]",
            discussion: """
                The journal is not touched. Reports, attempts and fields are emptied and filled again from it, so a \
                changed route or a better adapter holds for the past as well. With a running server it is that server, \
                and its configuration, that does it; queries see the reports come back some thousand at a time.

                EXAMPLES
                  callbox archive rebuild
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let console = options.console
            let access = ArchiveAccess(try options.load(), console: console)
            try await access.write(.rebuild)
            let reader = try access.openReader()
            let statistics: ArchiveStatistics
            do throws(ArchiveReadFailure) {
                statistics = try reader.statistics()
            } catch {
                throw CommandFailure(error)
            }
            let deliveryCount = statistics.sources.reduce(0) { $0 + $1.deliveryCount }
            try console.print(
                "\(HumanText.count(statistics.reportCount, "report")) from "
                    + HumanText.count(deliveryCount, "delivery", "deliveries"))
        }
    }
}
