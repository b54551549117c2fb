internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Foundation
internal import Journal
internal import Replication
internal import TerminalOutput

extension ArchiveCommand {
    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "promote",
            abstract: "Turn a copy of another archive into the primary.",
            usage: "callbox archive promote [--from <url>] [<options>]",
            discussion: """
                Stop 'callbox follow' first, and start 'callbox serve' afterwards. With --from, the old primary stops \
                acknowledging deliveries, sends the missing entries, and refuses to serve from then on. Without \
                --from, entries that only the old primary has are lost; do not start it again.

                EXAMPLES
                  callbox archive promote --from https://cb.test:8789 --token-file token
                  callbox archive promote
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("The replication listener of the old primary.", valueName: "url"))
        var from: String?

        @OptionGroup var primary: PrimaryOptions

        func run() async throws {
            var configuration = try options.load()
            let console = options.console
            configuration.replication.from = nil
            try primary.merge(from, into: &configuration)
            let address = try translating {
                try configuration.primaryAddress(ProcessInfo.processInfo.environment)
            }
            let directory = ArchiveDirectory(path: configuration.archivePath)
            guard try translating({ try directory.exists }) else {
                throw CommandFailure(ArchiveError.missing(path: directory.path))
            }
            let writer = try translating { try JournalWriter(directory) }
            defer { writer.close() }
            do {
                let promoted = try await ArchivePromotion(writer, from: address, node: configuration.replication.node)
                    .run(at: SystemClock.now) { position, end in
                        console.progress("copied entry \(position) of \(end)")
                    }
                console.progress("")
                try console.print(
                    "\(TerminalText.escape(directory.path)) is the primary in epoch \(promoted.epoch), from entry "
                        + "\(promoted.position)")
                if address == nil {
                    console.note("the old primary was not informed; do not start it again with its archive")
                }
            } catch {
                console.progress("")
                throw CommandFailure(translating: error)
            }
        }
    }
}
