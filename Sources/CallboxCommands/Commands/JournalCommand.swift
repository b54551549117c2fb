internal import ArgumentParser
internal import CallboxConfiguration
internal import Presentation
internal import SharedJournal
internal import TerminalOutput

/// `callbox journal`: manages a journal that several servers share in PostgreSQL.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Create and check a shared journal in PostgreSQL.",
        usage: "callbox journal <command> [<url>]", subcommands: [Init.self, Status.self, Lanes.self])

    struct JournalOptions: ParsableArguments {
        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "postgres://user@host/database. (default: journal.url of the configuration)")
        var url: String?

        func settings() throws(CommandFailure) -> SharedJournalSettings {
            var configuration = try options.load()
            if let url { try configuration.share(url) }
            guard let settings = configuration.journal else {
                throw CommandFailure(
                    .usage, "no shared journal is configured",
                    advice: "Pass its URL, or set journal.url in the configuration.")
            }
            return settings
        }

        func view() throws -> JournalStatusView {
            let settings = try settings()
            return JournalStatusView(try translating { try JournalStatus(settings) })
        }
    }

    struct Init: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init",
            abstract: "Create the schema 'callbox' in an empty database.",
            usage: "callbox journal init [<url>]",
            discussion: """
                EXAMPLES
                  callbox journal init postgres://callbox@db.example.com/callbox
                """)

        @OptionGroup var journal: JournalOptions

        func run() async throws {
            let settings = try journal.settings()
            let outcome = try translating { try JournalSetup.create(settings) }
            try journal.options.console.print(
                outcome == .created
                    ? "created a shared journal in \(settings.address.place)"
                    : "\(settings.address.place) already has a shared journal")
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show the leader, the lanes and the durability of a shared journal.",
            usage: "callbox journal status [<url>] [--format <format>]",
            discussion: """
                EXAMPLES
                  callbox journal status postgres://callbox@db.example.com/callbox
                """)

        @OptionGroup var journal: JournalOptions
        @OptionGroup var formats: ViewFormatOptions

        func run() async throws {
            let (view, console) = (try journal.view(), journal.options.console)
            try formats.print(view.json, view.lines(console), on: console)
        }
    }

    struct Lanes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lanes",
            abstract: "List the lanes (connections that commit) of a shared journal.",
            usage: "callbox journal lanes [<url>] [--format <format>]",
            discussion: """
                EXAMPLES
                  callbox journal lanes postgres://callbox@db.example.com/callbox
                """)

        @OptionGroup var journal: JournalOptions
        @OptionGroup var formats: ViewFormatOptions

        func run() async throws {
            let view = try journal.view()
            try formats.print(view.lanesJSON, view.laneLines, on: journal.options.console)
        }
    }
}

extension CallboxConfiguration {
    /// Configures the shared journal at this URL and keeps the other `journal` settings.
    mutating func share(_ url: String) throws(CommandFailure) {
        var problem = ""
        guard var address = PostgresAddress(url, problem: &problem) else {
            throw CommandFailure(.usage, "the URL of the shared journal \(problem)", advice: nil)
        }
        address.password = journal?.address.password
        address.authorityFile = journal?.address.authorityFile
        if journal == nil { journal = SharedJournalSettings(address: address, node: Self.defaultNode) }
        journal?.address = address
    }
}
