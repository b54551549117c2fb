internal import ArgumentParser
internal import CallboxConfiguration
internal import FollowUp
internal import Journal
internal import ProviderTransport
internal import Providers
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Disable: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            let effects = CallboxCommand.providers.callableAPIs.compactMap { api in
                api.cancel.map { "\(api.name): \($0.effect)" }
            }
            return CommandConfiguration(
                commandName: "disable",
                abstract: "Take a link back at its provider.",
                usage: "callbox links disable <link> [<options>]",
                discussion: """
                    \(effects.joined(separator: "; ")). Other APIs have no such call.

                    EXAMPLES
                      callbox links disable 7
                    """)
        }

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "Its number, as 'links list' gives it.")
        var link: String

        @Option(help: ArgumentHelp("The API to ask instead of the configured one.", valueName: "url"))
        var api: String?

        func run() async throws {
            let console = options.console
            let configuration = try options.load()
            let found = try await KnownLink(link, configuration, console)
            guard let description = found.api, let cancel = description.cancel else {
                throw CommandFailure(
                    .negative, "\(found.link.order.provider) has no call that takes a link back",
                    advice: "'callbox links dismiss' stops waiting for it.")
            }
            let client = try ProviderAccess(configuration.reaching(description, at: api)).client(description)
            try await client.send(try cancel.call(try found.key(cancel.key), client.account))
            try await found.access.append(.linkChange(LinkChangeRecord(link: found.link.id, change: .disabled)))
            try console.print("link \(found.link.id) disabled")
        }
    }
}
