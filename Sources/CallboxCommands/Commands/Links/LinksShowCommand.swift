internal import ArgumentParser
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a link: what was asked for, what came, what did not.",
            usage: "callbox links show <link> [<options>]",
            discussion: """
                EXAMPLES
                  callbox links show 7
                  callbox links show 7 --format json | jq .missing
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "Its number, as 'links list' gives it.")
        var link: String

        @Option(name: .shortAndLong, help: "How to write it: table or json. A table on a terminal, json in a pipe.")
        var format: ViewFormat?

        func run() async throws {
            let console = options.console
            let id = try LinkID(argument: link)
            let reader = try await ArchiveAccess(try options.load(), console: console).reader()
            guard let found = try translating({ try reader.link(id) }) else {
                throw CommandFailure.unknownLink(id)
            }
            let progress = try translating { try reader.progress(of: found) }
            switch format ?? (console.isTerminal ? .table : .json) {
            case .table: for line in LinkView.lines(progress, on: console) { try console.print(line) }
            case .json: try console.print(LinkView.json(progress).line)
            }
        }
    }
}
