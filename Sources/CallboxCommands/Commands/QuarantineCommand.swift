internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import Presentation
internal import Quarantine
internal import TerminalOutput

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Inspect, release and delete rejected deliveries.",
        discussion: """
            A delivery whose signature is missing, wrong or expired is rejected with 401 and kept here for a limited time. It \
            is not a report. 'callbox show q3 --why' explains a rejection. Correct the configuration, then release the \
            genuine deliveries.
            """,
        subcommands: [List.self, Show.self, Release.self, Delete.self])

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
            let entries = try quarantine(try options.load()) { reader throws(ArchiveError) in
                try reader.list(limit: page.readCount)
            }
            var listing = RowListing(
                formats.resolved(for: console), on: console,
                QuarantineEntry.members(CallboxCommand.providers, masks: console.isTerminal))
            try listing.print(entries, page: page, none: "the quarantine is empty")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a rejected delivery and why it was rejected.",
            usage: "callbox quarantine show <id> [--body | --reveal] [<options>]",
            discussion: """
                Credentials and personal data are masked, as in 'callbox show'.

                EXAMPLES
                  callbox quarantine show q3
                  callbox quarantine show q3 --reveal --reason case-4711
                  callbox quarantine show q3 --body > body.json
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var revealing: RevealOptions
        @OptionGroup var paging: PagerOptions

        @Argument(help: "The ID from 'callbox quarantine list'.", transform: ItemReference.parse)
        var id: ItemReference

        @Flag(help: "Write only the body, byte for byte.")
        var body = false

        func run() async throws {
            let id = try id.quarantineID(in: options.load(), for: "quarantine show")
            try await Self.show(id, options, revealing, paging, body: body)
        }

        /// - Parameter why: whether to check the delivery with the current configuration instead of showing headers and
        ///   body.
        static func show(
            _ id: QuarantineID, _ options: ConfigurationOptions, _ revealing: RevealOptions, _ paging: PagerOptions,
            body: Bool, why: Bool = false
        ) async throws {
            let console = options.console
            let configuration = try options.load()
            let entry = try quarantine(configuration) { reader throws(ArchiveError) in try reader.entry(id) }
            guard let entry else { throw CommandFailure(ServerError.notQuarantined(id)) }
            if revealing.reveal || body && console.isTerminal {
                let access = ArchiveAccess(configuration, console: console)
                let command = "quarantine show \(body ? "--body" : "--reveal")"
                try await RevealOptions.record(command, of: "rejected delivery \(id)", reason: revealing.reason, access)
            }
            guard !body else { return try StandardStream.write(entry.delivery.request.body, to: STDOUT_FILENO) }
            guard !why else {
                let lines = QuarantineView.reasons(
                    entry, configuration, ProcessInfo.processInfo.environment, on: console)
                return try lines.forEach(console.print)
            }
            let pager = paging.pager(for: console)
            try PagedOutput.with(console, pager: pager) { output in
                try QuarantineView.write(
                    entry, CallboxCommand.providers, isRevealed: revealing.reveal, on: console,
                    cutsBody: pager == nil
                ) { try output.print($0) }
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "Verify a rejected delivery again and add it to the archive.",
            usage: "callbox quarantine release <id> [--force --reason <text>]",
            discussion: """
                The signature is checked as of the time of arrival, with the current secrets. If a server runs, its \
                secrets are used ('callbox config reload' reads them again). --force adds a delivery that is still not \
                verified. The delivery stays marked 'failed', with the reason.

                EXAMPLES
                  callbox quarantine release q3
                  callbox quarantine release q3 --force --reason case-4711
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "The ID from 'callbox quarantine list'.", transform: ItemReference.parse)
        var id: ItemReference

        @Flag(help: "Release the delivery even if it is not verified.")
        var force = false

        @Option(help: ArgumentHelp("The reason for --force, stored with the delivery.", valueName: "text"))
        var reason: String?

        func validate() throws {
            guard force == (reason != nil) else {
                throw ValidationError("--force needs --reason, and --reason needs --force")
            }
            try OptionCheck.reason(reason)
        }

        func run() async throws {
            let configuration = try options.load()
            let id = try id.quarantineID(in: configuration, for: "quarantine release")
            let result = try await ArchiveAccess(configuration, console: options.console)
                .run(.release(id, forcedBecause: force ? reason : nil))
            guard case .released(let delivery) = result else { return }
            try options.console.print("released q\(id) as delivery \(delivery): callbox show \(delivery)")
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete one rejected delivery, or all of them.",
            usage: "callbox quarantine delete [<id>] [--yes]",
            discussion: """
                EXAMPLES
                  callbox quarantine delete q3 --yes
                  callbox quarantine delete --yes
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(
            help: "The ID from 'callbox quarantine list'. (default: all of them)", transform: ItemReference.parse)
        var id: ItemReference?

        @Flag(name: .shortAndLong, help: "Confirm. Without --yes, only prints what would be deleted.")
        var yes = false

        func run() async throws {
            let configuration = try options.load()
            let id = try id.map { try $0.quarantineID(in: configuration, for: "quarantine delete") }
            guard yes else {
                let size = try quarantine(configuration) { reader throws(ArchiveError) in try reader.size() }
                guard id != nil || size.count > 0 else { return options.console.note("the quarantine is empty") }
                let what =
                    id.map { "rejected delivery q\($0)" }
                    ?? "all \(Self.text(size.count)), \(HumanText.byteCount(size.byteCount))"
                throw CommandFailure(.usage, "this deletes \(what) permanently", advice: "Add --yes to confirm.")
            }
            let result = try await ArchiveAccess(configuration, console: options.console).run(
                id.map(MaintenanceJob.deleteQuarantined) ?? .emptyQuarantine)
            guard case .deleted(let count) = result else { return }
            if let id, count == 0 { throw CommandFailure(ServerError.notQuarantined(id)) }
            try options.console.print("deleted \(Self.text(count))")
        }

        private static func text(_ count: some BinaryInteger) -> String {
            HumanText.count(count, "rejected delivery", "rejected deliveries")
        }
    }
}

/// Reads the quarantine of an archive that exists.
private func quarantine<Value>(
    _ configuration: CallboxConfiguration, _ work: (QuarantineReader) throws(ArchiveError) -> Value
) throws(CommandFailure) -> Value {
    let directory = ArchiveDirectory(path: configuration.archivePath)
    do throws(ArchiveError) {
        try directory.requireJournal()
        let reader = QuarantineReader(directory)
        defer { reader.close() }
        return try work(reader)
    } catch {
        throw CommandFailure(error)
    }
}

extension ItemReference {
    /// Parses the ID of a rejected delivery. `latest` is the newest rejected delivery.
    fileprivate func quarantineID(
        in configuration: CallboxConfiguration, for command: String
    ) throws(CommandFailure) -> QuarantineID {
        if let id = try quarantineID(for: command) { return id }
        let newest = try quarantine(configuration) { reader throws(ArchiveError) in try reader.list(limit: 1) }
        guard let id = newest.first?.id else { throw CommandFailure(.negative, "the quarantine is empty") }
        return id
    }
}
