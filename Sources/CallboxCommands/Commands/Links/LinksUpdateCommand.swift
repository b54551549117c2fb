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
                abstract: "Change a link at its provider: when it ends, or what it shows.",
                usage: "callbox links update <link> [<options>]",
                discussion: """
                    The content that a link shows and carries is replaced as a whole. Links of \
                    \(HumanText.list(names, "and")) can be changed, others cannot.

                    EXAMPLES
                      callbox links update 7 --expires 14d
                      callbox links update 7 --instructions Ring --metadata source=web
                    """)
        }

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var fields: FieldOptions<LinkChanges>

        @Argument(help: "Its number, as 'links list' gives it.")
        var link: String

        @Option(help: ArgumentHelp("The API to ask instead of the configured one.", valueName: "url"))
        var api: String?

        @Flag(help: "Print the request instead of sending it.")
        var dryRun = false

        func run() async throws {
            let console = options.console
            let configuration = try options.load()
            let found = try await KnownLink(link, configuration, console)
            guard let description = found.api, let update = description.update else {
                throw CommandFailure(
                    .negative, "\(found.link.order.provider) has no call that changes a link",
                    advice: "Create another one; 'callbox links disable' takes this one back if that is possible.")
            }
            let client = try ProviderAccess(configuration.reaching(description, at: api)).client(description)
            let call = try update.call(try found.key(update.key), try fields.values(), for: client.account)
            guard !dryRun else { return try console.print(call.request.transcript) }
            if let end = try await client.send(call) {
                try await found.access.append(
                    .linkChange(LinkChangeRecord(link: found.link.id, change: .rescheduled(expiresAt: end))))
            }
            try console.print("link \(found.link.id) updated")
        }
    }

    /// The fields of every provider's changes.
    enum LinkChanges: FieldSet {
        private static var updates: [any LinkUpdate.Type] { CallboxCommand.providers.callableAPIs.compactMap(\.update) }

        static var fields: [Field] { updates.flatMap { $0.fields } }

        static func problem(with values: FieldValues) -> String? {
            let problems = updates.map { $0.problem(with: values) }
            return problems.contains(nil) ? nil : problems.first ?? nil
        }
    }
}
