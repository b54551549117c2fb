internal import ArgumentParser

struct LinksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Create links at a provider and track their reports.",
        discussion: """
            A link is anything that is requested from a provider and calls back here: a link, a case, an application. It is \
            recorded in the archive before the provider is asked.
            """,
        subcommands: [
            Create.self, List.self, Show.self, Update.self, Cancel.self, Dismiss.self, Fetch.self,
        ])
}
