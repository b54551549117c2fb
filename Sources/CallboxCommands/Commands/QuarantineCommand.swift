internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import Quarantine
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Look at deliveries that nothing proved, and let in those that were real.",
        discussion: """
            A delivery whose signature is missing, wrong or expired is answered 401 and kept here for a while. It is no \
            report and counts as none. After a mistake in the configuration is mended, 'promote' checks it anew.
            """,
        subcommands: [List.self, Show.self, Promote.self, Purge.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List rejected deliveries, newest first.",
            usage: "callbox quarantine list [--limit <count> | --all] [<options>]",
            discussion: """
                EXAMPLES
                  callbox quarantine list
                  callbox quarantine list --all --format ndjson | jq .reason
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var formats: FormatOptions

        @OptionGroup var page: LimitOptions

        func run() async throws {
            let console = options.console
            let entries = try quarantined(try options.load()) { reader throws(ArchiveError) in
                try reader.list(limit: page.readCount)
            }
            try QuarantineView.print(Array(page.shown(entries)), formats.resolved(for: console), console)
            if entries.isEmpty { console.note("the quarantine is empty") }
            if entries.count > page.shown(entries).count { console.note(page.hint) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a rejected delivery and why it was rejected.",
            usage: "callbox quarantine show <id> [--body | --reveal] [<options>]",
            discussion: """
                Credentials and data of persons are masked, as in 'show'.

                EXAMPLES
                  callbox quarantine show 3
                  callbox quarantine show 3 --reveal --reason case-4711
                  callbox quarantine show 3 --body > body.json
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var revealing: RevealOptions
        @OptionGroup var paging: PagerOptions

        @Argument(help: "Its number, as 'quarantine list' gives it.")
        var id: String

        @Flag(help: "Write the body alone, byte for byte.")
        var body = false

        func run() async throws {
            let console = options.console
            let id = try QuarantineID(argument: id)
            let configuration = try options.load()
            let access = ArchiveAccess(configuration, console: console)
            let entry = try quarantined(configuration) { reader throws(ArchiveError) in try reader.entry(id) }
            guard let entry else { throw CommandFailure(ServerError.notQuarantined(id)) }
            if revealing.reveal || body && console.isTerminal {
                let flag = body ? "--body" : "--reveal"
                try await revealing.record("quarantine show \(flag)", of: "rejected delivery \(id)", access)
            }
            guard !body else { return try StandardStream.write(entry.delivery.request.body, to: STDOUT_FILENO) }
            let pager = paging.pager(for: console)
            try PagedOutput.with(console, pager: pager) { output in
                try QuarantineView.write(
                    entry, isRevealed: revealing.reveal, on: console,
                    bodyLineLimit: pager == nil ? DeliveryView.bodyLineLimit : nil
                ) { try output.print($0) }
            }
        }
    }

    struct Promote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "promote",
            abstract: "Check a rejected delivery with today's secrets and move it into the journal.",
            usage: "callbox quarantine promote <id> [--force --reason <text>] [<options>]",
            discussion: """
                It is checked as at the time it was received. With a running server it is that server's secrets that \
                count: reload them first (SIGHUP). --force lets in what is still not proved, marked 'failed' for good, \
                with the reason.

                EXAMPLES
                  callbox quarantine promote 3
                  callbox quarantine promote 3 --force --reason case-4711
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "Its number, as 'quarantine list' gives it.")
        var id: String

        @Flag(help: "Let it in unproved.")
        var force = false

        @Option(help: ArgumentHelp("Why, with --force; it is kept with the delivery.", valueName: "text"))
        var reason: String?

        func validate() throws {
            let isGiven = reason.map { !$0.allSatisfy(\.isWhitespace) && $0.utf8.count <= 1000 } ?? false
            guard force == isGiven else {
                throw ValidationError(
                    "--force needs --reason with a text of up to 1000 bytes, and --reason needs --force.")
            }
        }

        func run() async throws {
            let console = options.console
            let id = try QuarantineID(argument: id)
            let result = try await ArchiveAccess(try options.load(), console: console)
                .run(.release(id, forcedBecause: force ? reason : nil))
            guard case .released(let number) = result else { return }
            try console.print("quarantined delivery \(id) is now delivery \(number): callbox show \(number)")
        }
    }

    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "purge",
            abstract: "Forget rejected deliveries, for good.",
            usage: "callbox quarantine purge [<id>] [--yes] [<options>]",
            discussion: """
                EXAMPLES
                  callbox quarantine purge 3 --yes
                  callbox quarantine purge --yes
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "Its number; all of them where it is left out.")
        var id: String?

        @Flag(help: "Do it; without this the command says what it would do.")
        var yes = false

        func run() async throws {
            let console = options.console
            let id = try id.map { try QuarantineID(argument: $0) }
            let configuration = try options.load()
            guard yes else {
                let size = try quarantined(configuration) { reader throws(ArchiveError) in try reader.size() }
                let what =
                    id.map { "rejected delivery \($0)" }
                    ?? "all \(HumanText.count(size.count, "rejected delivery", "rejected deliveries")), \(HumanText.byteCount(size.byteCount))"
                throw CommandFailure(.usage, "this would forget \(what), for good", advice: "Add --yes to do it.")
            }
            let result = try await ArchiveAccess(configuration, console: console).run(
                id.map(MaintenanceJob.deleteQuarantined) ?? .emptyQuarantine)
            guard case .deleted(let count) = result else { return }
            guard count > 0 || id == nil else {
                throw CommandFailure(ServerError.notQuarantined(id ?? QuarantineID(rawValue: 0)))
            }
            try console.print("forgot \(HumanText.count(count, "rejected delivery", "rejected deliveries"))")
        }
    }
}

/// Reads the quarantine of an archive that exists.
func quarantined<Value>(
    _ configuration: CallboxConfiguration, _ work: (QuarantineReader) throws(ArchiveError) -> Value
) throws(CommandFailure) -> Value {
    let directory = ArchiveDirectory(path: configuration.archivePath)
    do throws(ArchiveError) {
        guard directory.exists else { throw .missing(path: directory.path) }
        let reader = QuarantineReader(directory)
        defer { reader.close() }
        return try work(reader)
    } catch {
        throw CommandFailure(error)
    }
}

extension QuarantineID {
    init(argument: String) throws(CommandFailure) {
        guard let id = DeliveryID(argument) else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(argument))' is no number of a rejected delivery",
                advice: "'callbox quarantine list' gives the numbers.")
        }
        self.init(rawValue: id.rawValue)
    }
}
