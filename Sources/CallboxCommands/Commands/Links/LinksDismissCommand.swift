internal import ArgumentParser
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dismiss",
            abstract: "Wait no longer for a link. The provider is not told.",
            usage: "callbox links dismiss <link> --reason <text> [<options>]",
            discussion: """
                EXAMPLES
                  callbox links dismiss 7 --reason withdrawn
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "Its number, as 'links list' gives it.")
        var link: String

        @Option(help: ArgumentHelp("Why. It is kept with the link.", valueName: "text"))
        var reason: String

        func validate() throws {
            guard !reason.isEmpty else { throw ValidationError("--reason needs a text.") }
        }

        func run() async throws {
            let console = options.console
            let known = try await KnownLink(link, try options.load(), console)
            try await known.access.append(
                .linkChange(LinkChangeRecord(link: known.link.id, change: .dismissed(note: reason))))
            try console.print("link \(known.link.id) dismissed")
        }
    }
}
