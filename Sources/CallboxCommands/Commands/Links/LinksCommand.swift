internal import ArgumentParser

/// `callbox links`: what was ordered at the providers, and what came of it.
struct LinksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Ask a provider for links that call back here, and list what is pending.",
        discussion: """
            Orders are recorded in the archive; what came for them is found among its reports.
            """,
        subcommands: [
            Create.self, List.self, Show.self, Pending.self, Update.self, Disable.self, Dismiss.self, Fetch.self,
            FollowUps.self,
        ])
}
