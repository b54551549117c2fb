internal import ArgumentParser
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dismiss",
            abstract: "Stop waiting for a link. The provider is not called.",
            usage: "callbox links dismiss <link> --reason <text>",
            discussion: """
                EXAMPLES
                  callbox links dismiss 7 --reason withdrawn
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "The ID from 'callbox links list'.")
        var link: String

        @Option(help: ArgumentHelp("The reason, stored with the link.", valueName: "text"))
        var reason: String

        func validate() throws {
            guard !reason.isEmpty else { throw ValidationError("--reason is empty") }
        }

        func run() async throws {
            let known = try await KnownLink(link, try options.load(), options.console)
            try await known.record(.dismissed(note: reason))
            try options.console.print("link \(known.link.id) dismissed")
        }
    }
}
