internal import ArgumentParser
internal import Deliveries
internal import ReportArchive

extension ArchiveCommand {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Read everything and see that it is as it arrived.",
            usage: "callbox archive check [--against <id:hash>] [<options>]",
            discussion: """
                Checks SQLite's own structure, what rows refer to, the numbering, the hash that chains each delivery \
                to the one before, and the length and SHA-256 of every body. Safe beside a running server. Exits with \
                \(ExitStatus.damagedData.rawValue) when something is found, the first bad delivery first.

                The last line has the number of the last delivery and its hash. Noted down somewhere else, it proves \
                later that no delivery up to there was changed or put in, and that none is missing but for the gaps that \
                retention left: --against.

                EXAMPLES
                  callbox archive check
                  callbox archive check --against $NOTED_DOWN
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("What was noted down of an earlier check.", valueName: "id:hash"))
        var against: String?

        func run() async throws {
            let console = options.console
            let mark = try against.map { text throws(CommandFailure) in try ChainMark(argument: text) }
            let reader = try ArchiveAccess(try options.load(), console: console).openReader()
            let check: ArchiveCheck
            do throws(ArchiveReadFailure) {
                check = try reader.check(against: mark) { console.progress("checked up to delivery \($0)") }
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
            if check.prunedCount > 0 {
                console.note("\(HumanText.count(check.prunedCount, "body", "bodies")) gone by retention")
            }
            try console.print("\(amount): everything reads back as it arrived")
            if check.deliveryCount > 0 { try console.print("chain ends at \(check.end.text)") }
        }
    }
}

extension ChainMark {
    /// `1042:9f86…`: a delivery's number and its hash.
    init(argument: String) throws(CommandFailure) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = DecimalText.nonNegative(parts[0].utf8), id > 0,
            let chain = Hex.decode(parts[1].utf8), chain.count == 32
        else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(argument))' is no delivery with its hash",
                advice: "Write it as 'archive check' prints it: the number, a colon, 64 hexadecimal digits.")
        }
        self.init(id: DeliveryID(rawValue: id), chain: chain)
    }

    var text: String {
        "\(id):\(Hex.encode(chain))"
    }
}
