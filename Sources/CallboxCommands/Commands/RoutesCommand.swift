internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Providers
internal import StrictJSON
internal import TerminalOutput

struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "Check and explain where reports are filed, and print the URLs to register.",
        subcommands: [Check.self, Explain.self, URLs.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check the configuration and list the routes.",
            usage: "callbox routes check [<options>]",
            discussion: """
                The keys of a source's routes are types; 'other' takes what no type names; 'all' takes everything and \
                stands alone. A report that no rule takes is archived without a topic.

                EXAMPLES
                  callbox routes check
                  callbox routes check --config /etc/callbox.yaml
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let console = options.console
            let configuration = try options.load()
            let rows = configuration.sources.flatMap { source in
                let entries = source.routes.entries
                return entries.isEmpty
                    ? [[source.name, source.provider.name, source.path, "-", "no routes: archived without a topic"]]
                    : entries.map { [source.name, source.provider.name, source.path, $0.key, $0.topic] }
            }
            let titles = ["SOURCE", "PROVIDER", "PATH", "KEY", "TOPIC"]
            let table = Table(
                columns: titles.map { .init(title: $0, shortestWidth: 12) }, rows: rows.map { $0.map { .init($0) } })
            for line in table.lines(on: console) { try console.print(line) }
            console.note("\(configuration.file ?? "the default configuration") is in order")
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "Say which rule takes a type, and why.",
            usage: "callbox routes explain <source> <type> [<options>]",
            discussion: """
                EXAMPLES
                  callbox routes explain klavi pf_checking_account
                  callbox routes explain certn CASE_REPORT_READY
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "A source of the configuration.")
        var source: String

        @Argument(help: "The provider's name for the report.")
        var type: String

        func run() async throws {
            let configuration = try options.load()
            guard let settings = configuration.sources.first(where: { $0.name == source }) else {
                let names = configuration.sources.map(\.name)
                throw CommandFailure(
                    .usage, "there is no source '\(TerminalText.escape(source))'",
                    advice: NearestName.of(source, among: names).map { "Did you mean '\($0)'?" }
                        ?? "There are \(names.joined(separator: ", ")).")
            }
            for line in RouteExplanation.lines(type: type, in: settings) { try options.console.print(line) }
        }
    }

    struct URLs: AsyncParsableCommand {
        private static let instructions = CallboxCommand.providers.providers.map(\.descriptor)
            .map { "\($0.title): \($0.registration.instructions)" }.joined(separator: "\n")

        static let configuration = CommandConfiguration(
            commandName: "urls",
            abstract: "Print the URLs to register at the providers.",
            usage: "callbox routes urls --base-url <base-url> [<options>]",
            discussion: """
                \(instructions)

                EXAMPLES
                  callbox routes urls --base-url https://callbacks.example.com
                  callbox routes urls --base-url https://callbacks.example.com | jq .klavi
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("Where the providers reach this server.", valueName: "url"))
        var baseURL: String

        func run() async throws {
            let configuration = try options.load()
            guard let base = CallbackURLs.base(baseURL) else {
                throw CommandFailure(
                    .usage, "'\(TerminalText.escape(baseURL))' is no base URL",
                    advice: "Write it as https://callbacks.example.com, with a path if there is one, without a query.")
            }
            let json = JSONText.object(
                configuration.sources.map { JSONText.Member($0.name, CallbackURLs.json(for: $0, base: base)) })
            let document = try? JSONDocument(parsing: Array(json.compact.utf8))
            try options.console.print(document.map { JSONPrettyPrinter.print($0) } ?? json.compact)
        }
    }
}
