internal import ArgumentParser
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension FollowUpState: ExpressibleByArgument {}

extension LinksCommand {
    struct FollowUps: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "follow-ups",
            abstract: "List what the server fetches from the APIs by itself, newest first.",
            usage: "callbox links follow-ups [<options>]",
            discussion: """
                EXAMPLES
                  callbox links follow-ups
                  callbox links follow-ups --state failed --all --format json
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var formats: FormatOptions

        @Option(help: "waiting, done or failed.")
        var state: [FollowUpState] = []

        @OptionGroup var page: LimitOptions

        func run() async throws {
            let console = options.console
            let reader = try await ArchiveAccess(try options.load(), console: console).reader()
            let found = try translating {
                try reader.followUps(in: state, limit: page.readCount)
            }
            let shown = page.shown(found)
            try FollowUpView.print(Array(shown), formats.resolved(for: console), console)
            if shown.isEmpty { console.note("nothing is followed up") }
            if found.count > shown.count { console.note(page.hint) }
        }
    }
}
