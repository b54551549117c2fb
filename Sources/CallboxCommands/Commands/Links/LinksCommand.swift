internal import ArgumentParser

struct LinksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "links",
        abstract: "Create links at a provider and track their reports.",
        discussion: """
            A link is something requested from a provider, such as a Klavi link, a case or an application. \
            The provider delivers its reports to Callbox. The request is recorded in the archive before the provider is \
            called.
            """,
        subcommands: [
            Create.self, List.self, Show.self, Update.self, Cancel.self, Dismiss.self, Fetch.self,
        ])
}
