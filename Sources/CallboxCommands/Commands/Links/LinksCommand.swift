internal import ArgumentParser

/// `callbox links`: what was asked for at the providers, and what came of it.
struct LinksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Ask a provider for links that call back here, and see what is still awaited.",
        discussion: """
            EXAMPLES
              callbox links create klavi --base-url https://cb.example.com --external traceId=t-1
              callbox links list --provider klavi
              callbox links awaiting --older-than 10m     exit status 1 where something is awaited
            """,
        subcommands: [
            Create.self, List.self, Show.self, Awaiting.self, Update.self, Disable.self, Dismiss.self, Frames.self,
        ])
}
