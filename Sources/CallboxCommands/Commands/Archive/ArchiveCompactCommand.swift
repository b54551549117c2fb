internal import ArgumentParser
internal import CallboxServer
internal import Journal
internal import TerminalOutput

extension ArchiveCommand {
    struct Compact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract: "Compress bodies again and return free space.",
            usage: "callbox archive compact [--no-train] [--from-start]",
            discussion: """
                Trains compression dictionaries per source and type, compresses bodies again if they get at least 3 % \
                smaller, deletes unused dictionaries, and returns free pages to the file system. A rewritten body is \
                compared with the original before it is stored. You can stop the command at any time; the next run \
                continues. While a server runs, the command pauses half of the time.

                EXAMPLES
                  callbox archive compact
                  callbox archive compact --no-train --from-start
                """)

        @OptionGroup var options: ConfigurationOptions

        @Flag(inversion: .prefixedNo, help: "Train dictionaries first.")
        var train = true

        @Flag(help: "Start with the first body, even if the last run was stopped.")
        var fromStart = false

        func run() async throws {
            let console = options.console
            let access = ArchiveAccess(try options.load(), console: console)
            let before = access.directory.journal.byteCount
            guard case .compacted(let totals) = try await access.run(.compact(fromStart: fromStart, trains: train))
            else {
                return
            }
            let dictionaries =
                "\(HumanText.count(totals.trainedCount, "dictionary", "dictionaries")) trained, "
                + "\(totals.retiredCount) deleted"
            try console.print(train ? dictionaries : "no dictionaries trained, \(totals.retiredCount) deleted")
            try console.print(
                "\(totals.rewrittenCount) of \(HumanText.count(totals.bodyCount, "body", "bodies")) rewritten: "
                    + "\(HumanText.byteCount(totals.byteCountBefore)) to \(HumanText.byteCount(totals.byteCountAfter))")
            let after = access.directory.journal.byteCount
            try console.print("journal.sqlite: \(HumanText.byteCount(before)) to \(HumanText.byteCount(after))")
        }
    }
}
