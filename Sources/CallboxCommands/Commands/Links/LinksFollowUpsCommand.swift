internal import ArgumentParser
internal import ReportArchive

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

        @Option(name: [.short, .long], help: ArgumentHelp("Most to list.", valueName: "count"))
        var limit = 20

        @Flag(help: "List everything that matches.")
        var all = false

        func validate() throws {
            guard (1...1_000_000).contains(limit) else {
                throw ValidationError("--limit takes a number from 1 to 1000000.")
            }
        }

        func run() async throws {
            let console = options.console
            let reader = try ArchiveAccess(try options.load(), console: console).openReader()
            let found = try reading { () throws(ArchiveReadFailure) in
                try reader.followUps(in: state, limit: all ? nil : limit + 1)
            }
            let shown = all ? found : Array(found.prefix(limit))
            try FollowUpView.print(shown, formats.resolved(for: console), console)
            if shown.isEmpty { console.note("nothing is followed up") }
            if found.count > shown.count { console.note("there are more: --limit \(limit * 5), or --all") }
        }
    }
}
