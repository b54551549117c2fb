internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import FollowUp
internal import Journal
internal import ProviderTransport
internal import Providers
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Update: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            let names = CallboxCommand.providers.callableAPIs.filter { $0.update != nil }.map(\.name)
            return CommandConfiguration(
                commandName: "update",
                abstract: "Change the expiry or the content of a link at its provider.",
                usage: "callbox links update <link> [<options>]",
                discussion: """
                    The content of the link is replaced as a whole. Only links of \(HumanText.list(names, "and")) can be \
                    changed. --help-hidden lists more flags.

                    EXAMPLES
                      callbox links update 7 --expires 14d
                      callbox links update 7 --instructions Ring --metadata source=web
                    """)
        }

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var fields: FieldOptions<LinkChanges>
        @OptionGroup var subject: LinkArgument
        @OptionGroup var reaching: APIOptions

        @Flag(help: "Print the request with masked secrets; send nothing.")
        var dryRun = false

        func run() async throws {
            let configuration = try options.load()
            let known = try await subject.known(configuration, options.console)
            guard let description = known.api, let update = description.update else {
                throw CommandFailure(
                    .negative,
                    "link \(known.link.id) cannot be changed: \(known.link.order.provider) does not support that",
                    advice: "Create another link; 'callbox links cancel' cancels this link if the provider allows it.")
            }
            let client = try reaching.client(description, configuration)
            let call = try update.call(try known.key(update.key), try fields.values(), for: client.account)
            guard !dryRun else { return try options.console.print(call.request.transcript) }
            if let end = try await client.send(call) { try await known.record(.rescheduled(expiresAt: end)) }
            try options.console.print("link \(known.link.id) updated")
        }
    }

    /// The fields that at least one provider's API can change.
    enum LinkChanges: FieldSet {
        private static var updates: [any LinkUpdate.Type] { CallboxCommand.providers.callableAPIs.compactMap(\.update) }

        static var fields: [Field] { updates.flatMap { $0.fields } }

        static func problem(with values: FieldValues) -> String? {
            let problems = updates.map { $0.problem(with: values) }
            return problems.contains(nil) ? nil : problems.first ?? nil
        }
    }
}
