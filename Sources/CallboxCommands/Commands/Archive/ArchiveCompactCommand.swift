internal import ArgumentParser
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

extension ArchiveCommand {
    struct Compact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract: "Store bodies smaller and return free space.",
            usage: "callbox archive compact [--no-train] [--from-start] [<options>]",
            discussion: """
                Trains dictionaries on what many bodies of a source or type have in common, compresses bodies again that get at \
                least 3 % smaller, deletes dictionaries that no body needs any more, and returns free pages to the file system. \
                Each body is decompressed and compared before it takes the old one's place. It may be stopped at any time and \
                continues where it stopped. Beside a server it works half of the time.

                EXAMPLES
                  callbox archive compact
                  callbox archive compact --no-train --from-start
                """)

        @OptionGroup var options: ConfigurationOptions

        @Flag(inversion: .prefixedNo, help: "Train dictionaries first.")
        var train = true

        @Flag(help: "Begin with the first body, also when the last run was stopped.")
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
                + "\(totals.retiredCount) retired"
            try console.print(train ? dictionaries : "no dictionaries trained, \(totals.retiredCount) retired")
            try console.print(
                "\(totals.rewrittenCount) of \(HumanText.count(totals.bodyCount, "body", "bodies")) rewritten: "
                    + "\(HumanText.byteCount(totals.byteCountBefore)) to \(HumanText.byteCount(totals.byteCountAfter))")
            let after = access.directory.journal.byteCount
            try console.print("journal.sqlite: \(HumanText.byteCount(before)) to \(HumanText.byteCount(after))")
        }
    }
}
