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
        @OptionGroup var subject: LinkArgument

        @Option(help: ArgumentHelp("The reason, stored with the link.", valueName: "text"))
        var reason: String

        func validate() throws { try OptionCheck.reason(reason) }

        func run() async throws {
            let known = try await subject.known(try options.load(), options.console)
            try await known.record(.dismissed(note: reason))
            try options.console.print("link \(known.link.id) dismissed")
        }
    }
}
