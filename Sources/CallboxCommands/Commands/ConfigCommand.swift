internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import Presentation
internal import Providers
internal import StrictJSON
internal import TerminalOutput

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check the configuration and print callback URLs.",
        discussion: """
            callbox.example.yaml lists every setting. A short callbox.yaml:

              sources:
                klavi:
                  secrets: [{name: primary, env: CALLBOX_KLAVI_SECRET}]
                  routes: {pf_checking_account: checking, other: rest}
                  keep: 180d
            """,
        subcommands: [Check.self, URLs.self, Reload.self, Explain.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check the configuration and its secrets, and list the routes.",
            usage: "callbox config check [<options>]",
            discussion: """
                Prints every error with its line or key and the fix. Secrets are read from the environment of this \
                shell and from the files that the configuration names.

                EXAMPLES
                  callbox config check
                  callbox config check --config /etc/callbox.yaml
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let console = options.console
            let environment = ProcessInfo.processInfo.environment
            let configuration = try options.load(environment: environment, checksSecrets: true)
            let table = try translating { try SourceTable(configuration, environment: environment) }
            for line in Self.routes(configuration).lines(on: console) { try console.print(line) }
            configuration.secretNotes(environment).forEach(console.note)
            for file in configuration.exposedFiles {
                console.note(TerminalText.escape("warning: \(file.path) \(file.problem); \(file.advice)"))
            }
            for source in configuration.sources where table.source(named: source.name) == nil {
                let variables = source.secrets.map(\.name).joined(separator: " or ")
                let remedy = variables.isEmpty ? "list it in a configuration file" : "set \(variables)"
                console.note("source \(source.name) is off: it has no secret; \(remedy) to use the source")
            }
            console.note(
                "\(configuration.file ?? "the default configuration") is valid: "
                    + HumanText.count(table.sources.count, "source"))
        }

        private static func routes(_ configuration: CallboxConfiguration) -> Table {
            let rows = configuration.sources.flatMap { source in
                let entries = source.routes.entries
                return entries.isEmpty
                    ? [[source.name, source.provider.name, source.path, "-", "no topic"]]
                    : entries.map { [source.name, source.provider.name, source.path, $0.key, $0.topic] }
            }
            let titles = ["SOURCE", "PROVIDER", "PATH", "KEY", "TOPIC"]
            return Table(
                columns: titles.map { .init(title: $0, shortestWidth: 12) }, rows: rows.map { $0.map { .init($0) } })
        }
    }

    struct URLs: AsyncParsableCommand {
        private static let instructions = CallboxCommand.providers.providers.map(\.descriptor)
            .map { "\($0.title): \($0.registration.instructions)" }.joined(separator: "\n")

        static let configuration = CommandConfiguration(
            commandName: "urls",
            abstract: "Print the URLs to register with the providers.",
            usage: "callbox config urls --base-url <url> [<options>]",
            discussion: """
                \(instructions)

                EXAMPLES
                  callbox config urls --base-url https://callbacks.example.com
                  callbox config urls --base-url https://callbacks.example.com | jq .klavi
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("The public URL of this server.", valueName: "url"))
        var baseURL: String

        func run() async throws {
            let configuration = try options.load()
            let base = try CallbackURLs.base(argument: baseURL)
            let json = JSONText.object(
                configuration.sources.map { JSONText.Member($0.name, CallbackURLs.json(for: $0, base: base)) })
            let document = try? JSONDocument(parsing: Array(json.compact.utf8))
            try options.console.print(document.map { JSONPrettyPrinter.print($0) } ?? json.compact)
        }
    }

    struct Reload: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reload",
            abstract: "Reload the configuration of the running server.",
            usage: "callbox config reload [<options>]",
            discussion: """
                Replaces sources, routes, secrets and retention, as SIGHUP does. If the new configuration has an \
                error, the old settings stay in use. The server reads its own configuration file. This command \
                uses --config and --archive only to find the server.

                EXAMPLES
                  callbox config reload
                  callbox config reload --archive /var/lib/callbox
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let console = options.console
            let directory = ArchiveDirectory(path: try options.archivePath())
            let reload: LiveConfiguration.Reload
            do {
                reload = try await ArchiveSession.reloadServer(directory)
            } catch {
                throw CommandFailure(translating: error)
            }
            try console.print("reloaded; sources: \(reload.sources.joined(separator: ", "))")
            if !reload.needingRestart.isEmpty {
                console.note("restart the server to apply: \(reload.needingRestart.joined(separator: ", "))")
            }
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "Explain which route applies to a type.",
            usage: "callbox config explain <source> <type> [<options>]",
            discussion: """
                A source's routes map types to topics; 'other' is for types without their own route, 'all' for \
                all types. A report without a route is archived without a topic.

                EXAMPLES
                  callbox config explain klavi pf_checking_account
                  callbox config explain certn CASE_REPORT_READY
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "A source of the configuration.")
        var source: String

        @Argument(help: "The provider's name for the report.")
        var type: String

        func run() async throws {
            let configuration = try options.load()
            guard let settings = configuration.sources.first(where: { $0.name == source }) else {
                throw CommandFailure.unknown("source", source, among: configuration.sources.map(\.name))
            }
            let console = options.console
            let width = console.isTerminal ? console.width : .max
            for line in RouteExplanation.lines(type: type, in: settings) {
                for part in TerminalWidth.wrapped(line, to: width) { try console.print(part) }
            }
        }
    }
}

extension CallbackURLs {
    /// Parses a base URL argument and removes its last slash.
    static func base(argument text: String) throws(CommandFailure) -> String {
        guard let base = base(text) else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(text))' is not a base URL",
                advice: "Use a form such as https://callbacks.example.com, with a path if needed and without a query.")
        }
        return base
    }
}
