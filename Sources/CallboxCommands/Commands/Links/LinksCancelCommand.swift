internal import ArgumentParser
internal import CallboxConfiguration
internal import FollowUp
internal import Journal
internal import ProviderTransport
internal import Providers
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Cancel: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            let effects = CallboxCommand.providers.callableAPIs.compactMap { api in
                api.cancel.map { "  \(api.name): \($0.effect)" }
            }
            return CommandConfiguration(
                commandName: "cancel",
                abstract: "Cancel a link at its provider.",
                usage: "callbox links cancel <link> [--api <url>]",
                discussion: """
                    Only these APIs can cancel a link. The effect depends on the API:

                    \(effects.joined(separator: "\n"))

                    EXAMPLES
                      callbox links cancel 7
                    """)
        }

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var subject: LinkArgument
        @OptionGroup var reaching: APIOptions

        func run() async throws {
            let configuration = try options.load()
            let known = try await subject.known(configuration, options.console)
            guard let description = known.api, let cancel = description.cancel else {
                throw CommandFailure(
                    .negative,
                    "link \(known.link.id) cannot be cancelled: \(known.link.order.provider) does not support that",
                    advice: "Run 'callbox links dismiss' to stop waiting for it.")
            }
            let client = try reaching.client(description, configuration)
            try await client.send(try cancel.call(try known.key(cancel.key), client.account))
            try await known.record(.cancelled)
            try options.console.print("link \(known.link.id) cancelled")
        }
    }
}
