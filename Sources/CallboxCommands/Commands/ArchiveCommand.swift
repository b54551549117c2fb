internal import ArgumentParser
internal import Deliveries
internal import ReportArchive
internal import StrictJSON

struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Look after the archive.",
        subcommands: [Stats.self, Check.self, Rebuild.self])

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
            let console = Console.standard
            let reader = try ArchiveAccess(try options.load(), console: console).openReader()
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

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Read everything and see that it is as it arrived.",
            discussion: """
                Checks SQLite's own structure, the length and SHA-256 of every body, the numbering, and what reports \
                refer to. Safe beside a running server. Exits with \(ExitStatus.damagedData.rawValue) when something \
                is found.

                EXAMPLES
                  callbox archive check
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let console = Console.standard
            let reader = try ArchiveAccess(try options.load(), console: console).openReader()
            let check: ArchiveCheck
            do throws(ArchiveReadFailure) {
                check = try reader.check { console.progress("checked up to delivery \($0)") }
            } catch {
                console.progress("")
                throw CommandFailure(error)
            }
            console.progress("")
            for finding in check.findings { try console.print(TerminalText.escape(finding)) }
            let amount =
                "\(HumanText.count(check.deliveryCount, "delivery", "deliveries")), \(HumanText.byteCount(check.bodyByteCount)) of bodies"
            guard check.findings.isEmpty else {
                console.note("\(HumanText.count(check.findings.count, "finding")) in \(amount)")
                throw ExitStatus.damagedData
            }
            try console.print("\(amount): everything reads back as it arrived")
        }
    }

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild",
            abstract: "Read every delivery anew and route it by today's configuration.",
            discussion: """
                The journal is not touched. Reports, attempts and fields are emptied and filled again from it, so a \
                changed route or a better adapter holds for the past as well. With a running server it is that server, \
                and its configuration, that does it; queries see the reports come back one by one.

                EXAMPLES
                  callbox archive rebuild
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let console = Console.standard
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
