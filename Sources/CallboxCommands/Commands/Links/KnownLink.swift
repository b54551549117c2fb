internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import FollowUp
internal import Journal
internal import ProviderTransport
internal import Providers
internal import ReportIndex
internal import TerminalOutput

/// The argument that names a link.
struct LinkArgument: ParsableArguments {
    @Argument(help: "The ID from 'callbox links list'.")
    var link: String

    func known(_ configuration: CallboxConfiguration, _ console: Console) async throws -> KnownLink {
        try await KnownLink(link, configuration, console)
    }
}

/// The option of commands that call a provider.
struct APIOptions: ParsableArguments {
    @Option(help: ArgumentHelp("API URL to use instead of the configured URL.", valueName: "url"))
    var api: String?

    func client(_ description: APIDescription, _ configuration: CallboxConfiguration) throws -> ProviderClient {
        try ProviderAccess(configuration.reaching(description, at: api)).client(description)
    }
}

/// The recorded link that a command acts on.
struct KnownLink {
    let reader: ArchiveReader
    let link: Link
    private let access: ArchiveAccess

    init(_ argument: String, _ configuration: CallboxConfiguration, _ console: Console) async throws {
        let id = try LinkID(argument: argument)
        access = ArchiveAccess(configuration, console: console)
        reader = try await access.reader()
        guard let link = try reader.link(id) else {
            throw CommandFailure(
                .negative, "there is no link \(id)", advice: "Run 'callbox links list' for the IDs.")
        }
        self.link = link
    }

    /// The API that the link was requested from.
    var api: APIDescription? { CallboxCommand.providers.callableAPI(named: link.order.provider) }

    func key(_ name: String) throws(CommandFailure) -> String {
        guard let key = link.order.keys.first(where: { $0.name == name }) else {
            throw CommandFailure(
                .negative, "the \(name) of link \(link.id) is not known",
                advice: "The provider's response was lost when the link was created. Find the link at the provider.")
        }
        return key.value
    }

    func record(_ change: LinkChange) async throws(CommandFailure) {
        try await access.append(.linkChange(LinkChangeRecord(link: link.id, change: change)))
    }
}
