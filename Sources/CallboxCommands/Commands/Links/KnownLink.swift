internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

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
                advice: "The provider's response to its creation was lost. Find the link at the provider.")
        }
        return key.value
    }

    func record(_ change: LinkChange) async throws(CommandFailure) {
        try await access.append(.linkChange(LinkChangeRecord(link: link.id, change: change)))
    }
}
