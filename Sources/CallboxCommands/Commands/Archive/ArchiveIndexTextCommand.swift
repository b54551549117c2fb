internal import ArgumentParser
internal import Deliveries
internal import ReportArchive
internal import StrictJSON

extension ArchiveCommand {
    struct IndexText: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "index-text",
            abstract: "Keep an index of a source's texts, so that a search opens few bodies.",
            usage: "callbox archive index-text [<source> ...] [--drop] [<options>]",
            discussion: """
                'search' and --text find the same with it, only sooner. It is made of 1024 deliveries at a time, newest \
                first, and kept up by the server; the newest that fill no 1024 are opened as before, and so is what is \
                looked for with fewer than three bytes. It may be stopped at any time and goes on where it was. Without \
                a source it says what is indexed, how far, and what that takes.

                It takes about as much as the bodies did when they came in, and much of what they say can be read \
                from it: guard it as you guard them. What is pruned leaves the index before its body goes.

                EXAMPLES
                  callbox archive index-text
                  callbox archive index-text klavi
                  callbox archive index-text klavi --drop
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(
            help: ArgumentHelp("Sources to index.", valueName: "source"), completion: LiveNames.sources)
        var sources: [String] = []

        @Flag(help: "Take the index of these sources away.")
        var drop = false

        @Option(name: .shortAndLong, help: "How to write it. A table on a terminal, json in a pipe.")
        var format: ViewFormat?

        func validate() throws {
            guard !drop || !sources.isEmpty else { throw ValidationError("Say which source to drop the index of.") }
        }

        func run() async throws {
            let console = options.console
            let configuration = try options.load()
            let access = ArchiveAccess(configuration, console: console)
            let reader = try access.openReader()
            if drop {
                try await dropAll(access)
            } else if !sources.isEmpty {
                let known = try reading { () throws(ArchiveReadFailure) in try reader.vocabulary() }.sources
                try refuseUnknown(known + configuration.sources.map(\.name))
                try await index(access, reader)
            }
            let indexes = try reading { () throws(ArchiveReadFailure) in try reader.textIndexes() }
            try TextIndexView.print(indexes, format ?? (console.isTerminal ? .table : .json), console)
            if indexes.isEmpty { console.note("no source is indexed") }
        }

        private func refuseUnknown(_ known: [String]) throws(CommandFailure) {
            for source in sources where !known.contains(source) {
                throw CommandFailure(
                    .usage, "no source '\(TerminalText.escape(source))' is configured, and none has delivered",
                    advice: "'callbox routes urls' shows those that are configured.")
            }
        }

        private func dropAll(_ access: ArchiveAccess) async throws(CommandFailure) {
            let session = try access.writing()
            defer { session.close() }
            for source in sources {
                let told = try await session.write(.upkeep(.dropTextIndex(source: source)))
                guard told.root["dropped"]?.boolean == true else {
                    throw CommandFailure(
                        .negative, "source '\(TerminalText.escape(source))' is not indexed",
                        advice: "'callbox archive index-text' lists those that are.")
                }
            }
            options.console.note("'callbox archive vacuum' gives the space back to the file system")
        }

        /// Goes on until nothing is left, of other sources too.
        private func index(_ access: ArchiveAccess, _ reader: ArchiveReader) async throws {
            let console = options.console
            let session = try access.writing()
            defer { session.close() }
            for source in sources { try await session.write(.upkeep(.addTextIndex(source: source))) }
            while true {
                let start = ContinuousClock.now
                let progress = TextIndexProgress(try await session.write(.upkeep(.indexNextTexts)))
                guard let block = progress.block else { break }
                let indexes = try reading { () throws(ArchiveReadFailure) in try reader.textIndexes() }
                if let status = indexes.first(where: { $0.source == block.source }) {
                    console.progress(
                        "source \(TerminalText.escape(block.source)), deliveries \(block.first) to \(block.last): "
                            + "\(status.blockCount) of \(status.wholeBlockCount) blocks, "
                            + HumanText.byteCount(status.byteCount))
                }
                if session.isServed { try? await Task.sleep(for: start.duration(to: .now)) }
            }
            console.progress("")
        }
    }
}
