internal import ArgumentParser

/// `callbox links`: what was asked for at the providers, and what came of it.
struct LinksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Ask a provider for links that call back here, and see what is still awaited.",
        discussion: """
            What is asked for is written into the ledger of the archive; what came of it is looked up among its reports.
            """,
        subcommands: [
            Create.self, List.self, Show.self, Awaiting.self, Update.self, Disable.self, Dismiss.self, Frames.self,
            FollowUps.self,
        ])
}
