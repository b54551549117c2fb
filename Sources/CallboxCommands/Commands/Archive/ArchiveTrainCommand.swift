internal import ArgumentParser
internal import BodyCompression
internal import Deliveries
internal import Foundation
internal import ReportArchive
internal import StrictJSON

extension ArchiveCommand {
    struct Train: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train",
            abstract: "Learn from the bodies how to store them smaller.",
            usage: "callbox archive train [--source <name> ...] [--dry-run] [<options>]",
            discussion: """
                What many bodies of a source or kind have in common becomes a preset dictionary in the archive. Bodies \
                that were held out decide: a new dictionary is kept where it saves 5 % at zlib's level 6. New bodies \
                use it at once, old ones after 'callbox archive repack'. A server does this by itself at 256, 1024, \
                4096 … bodies, unless 'dictionaries: off' is configured.

                Only what stands in 1 % of the bodies, and in four at least, gets into a dictionary.

                EXAMPLES
                  callbox archive train
                  callbox archive train --source klavi --dry-run
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("Only this source. May be given several times.", valueName: "name"))
        var source: [String] = []

        @Flag(help: "Try it and keep nothing.")
        var dryRun = false

        @Option(name: .shortAndLong, help: "How to write it. A table on a terminal, json in a pipe.")
        var format: ViewFormat?

        func run() async throws {
            let console = options.console
            let access = ArchiveAccess(try options.load(), console: console)
            let training = DictionaryTraining(try await access.reader())
            var proposals: [DictionaryProposal] = []
            for scope in try reading({ () throws(ArchiveReadFailure) in try training.scopes() }) {
                guard source.isEmpty || source.contains(scope.source) else { continue }
                console.progress("training on \(scope.text)")
                let proposal = try reading { () throws(ArchiveReadFailure) in
                    try training.propose(scope, current: try training.current(scope))
                }
                proposals.append(proposal)
                guard let dictionary = proposal.dictionary, !dryRun else { continue }
                try await access.write(
                    .upkeep(.addDictionary(scope, dictionary, bodyCount: proposal.bodyCount)))
            }
            console.progress("")
            let format = format ?? (console.isTerminal ? .table : .json)
            if format == .json {
                try console.print(JSONText.array(proposals.map(TrainingView.json)).line)
            } else {
                for line in TrainingView.table(proposals).lines(on: console) { try console.print(line) }
            }
            if proposals.isEmpty {
                console.note(
                    "nothing to learn from: a source needs \(DictionaryTraining.bodyCountLeast) bodies")
            } else if proposals.contains(where: { $0.dictionary != nil }) {
                console.note(
                    dryRun
                        ? "nothing was kept (--dry-run)"
                        : "new bodies use what was kept; 'callbox archive repack' rewrites the old ones")
            }
        }
    }
}
