internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Presentation
internal import TerminalOutput

extension ArchiveCommand {
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Verify every body and the hash chain.",
            usage: "callbox archive verify [--against <id:hash>]",
            discussion: """
                Checks SQLite's structure, every position, the hash chain, and the length and SHA-256 of every body. \
                Works while a server runs. Exits with \(ExitStatus.damagedData.rawValue) if anything is damaged.

                The last line is the last position and its hash. Keep this line outside the archive. --against then \
                proves that no entry up to that position was changed, added or removed, except by retention.

                EXAMPLES
                  callbox archive verify
                  callbox archive verify --against "$CHAIN_MARK"
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("The position and hash that an earlier run printed.", valueName: "id:hash"))
        var against: String?

        func run() async throws {
            let console = options.console
            let mark = try against.map { text throws(CommandFailure) in try ChainMark(argument: text) }
            let directory = ArchiveDirectory(path: try options.archivePath())
            let found = try JournalCheck.run(directory.journal, against: mark, console)
            for finding in found.findings { try console.print(TerminalText.escape(finding)) }
            let amount =
                "\(HumanText.count(found.deliveryCount, "delivery", "deliveries")), "
                + "\(HumanText.count(found.recordCount, "record")), \(HumanText.byteCount(found.bodyByteCount)) of bodies"
            guard found.findings.isEmpty else {
                console.note("\(HumanText.count(found.findings.count, "finding")) in \(amount)")
                throw ExitStatus.damagedData
            }
            if found.prunedCount > 0 {
                console.note("\(HumanText.count(found.prunedCount, "body", "bodies")) pruned")
            }
            try console.print("\(amount): all match their checksums")
            if found.end.position > 0 { try console.print("chain ends at \(found.end.text)") }
        }
    }
}

enum JournalCheck {
    /// Verifies a journal file and shows progress.
    static func run(
        _ file: JournalFile, against mark: ChainMark? = nil, _ console: Console
    ) throws -> JournalVerification {
        let reader = try JournalReader(file)
        defer {
            reader.close()
            console.progress("")
        }
        return try reader.verify(against: mark) { console.progress("verified up to entry \($0)") }
    }
}

extension ChainMark {
    /// `1042:9f86…`: a position and its hash.
    init(argument: String) throws(CommandFailure) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = DecimalText.nonNegative(parts[0].utf8), id > 0,
            let chain = Hex.decode(parts[1].utf8), chain.count == 32
        else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(argument))' is not in the form position:hash",
                advice: "Copy it from 'callbox archive verify': a position, a colon and 64 hexadecimal digits.")
        }
        self.init(position: id, chain: chain)
    }
}
