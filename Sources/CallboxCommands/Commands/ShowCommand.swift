internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import ReportArchive
internal import StrictJSON

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a delivery: how it came, what it says, its body.",
        usage: "callbox show <id> [--body | --format <format>] [<options>]",
        discussion: """
            Codes, tokens and signatures are masked; --body gives the exact bytes that arrived.

            EXAMPLES
              callbox show 42
              callbox show 42 --format json | jq .reports
              callbox show 42 --body | sha256sum
            """)

    @OptionGroup var options: ConfigurationOptions

    @Argument(help: ArgumentHelp("The number of the delivery, as 'list' gives it.", valueName: "id"))
    var id: String

    @Flag(help: "Write the body alone, byte for byte.")
    var body = false

    @Flag(help: "Show codes, tokens and signatures too.")
    var reveal = false

    @Option(name: .shortAndLong, help: "How to write it. A table on a terminal, json in a pipe.")
    var format: ViewFormat?

    func validate() throws {
        guard !body || format == nil else { throw ValidationError("--body and --format exclude each other.") }
    }

    func run() async throws {
        let console = Console.standard
        let id = try DeliveryID(argument: id)
        let configuration = try options.load()
        let access = ArchiveAccess(configuration, console: console)
        let reader = body ? try access.openReader() : try await access.reader()
        do throws(ArchiveReadFailure) {
            guard let delivery = try reader.delivery(id) else {
                throw ArchiveReadFailure.stopped(CommandFailure.noSuchDelivery(id))
            }
            guard !body else { return try write(delivery.request.body, to: console) }
            var view = DeliveryView(
                delivery: delivery, reports: try reader.reports(of: id), replays: try reader.replays(of: id))
            view.newer = try reader.newerReport(than: id)
            view.revealsCredentials = reveal
            let format = format ?? (console.isTerminal ? .table : .json)
            try print(format == .json ? [view.json.line] : view.lines(on: console), to: console)
        } catch .stopped(let error) {
            throw error
        } catch {
            throw CommandFailure(error)
        }
    }

    private func write(_ body: [UInt8], to console: Console) throws(ArchiveReadFailure) {
        do {
            try StandardStream.write(body, to: STDOUT_FILENO)
        } catch {
            throw .stopped(error)
        }
    }

    private func print(_ lines: [String], to console: Console) throws(ArchiveReadFailure) {
        do {
            for line in lines { try console.print(line) }
        } catch {
            throw .stopped(error)
        }
    }
}

extension DeliveryID {
    /// A number from the command line. `42.2`, as `list` writes the second report of a delivery, means the delivery.
    init(argument: String) throws(CommandFailure) {
        let number =
            argument.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard let id = DeliveryID(number) else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(argument))' is no number of a delivery",
                advice: "'callbox list' gives the numbers.")
        }
        self = id
    }
}

extension CommandFailure {
    static func noSuchDelivery(_ id: DeliveryID) -> CommandFailure {
        CommandFailure(
            .negative, "there is no delivery \(id) in this archive", advice: "'callbox list' gives the numbers.")
    }
}
