internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

/// A link of the ledger that a command acts on.
struct KnownLink {
    let access: ArchiveAccess
    let link: Link

    init(_ argument: String, _ configuration: CallboxConfiguration, _ console: Console) async throws(CommandFailure) {
        let id = try LinkID(argument: argument)
        access = ArchiveAccess(configuration, console: console)
        let reader = try await access.reader()
        guard let link = try translating({ try reader.link(id) }) else {
            throw .unknownLink(id)
        }
        self.link = link
    }

    /// The API that it was ordered at.
    var api: APIDescription? { CallboxCommand.providers.callableAPI(named: link.order.provider) }

    func key(_ name: String) throws(CommandFailure) -> String {
        guard let key = link.order.keys.first(where: { $0.name == name }) else {
            throw CommandFailure(
                .negative, "the ledger does not know the \(name) of link \(link.id)",
                advice: "The provider's response to its creation was lost; look for it at the provider.")
        }
        return key.value
    }
}

extension CommandFailure {
    static func unknownLink(_ id: LinkID) -> CommandFailure {
        CommandFailure(.negative, "there is no link \(id)", advice: "Run 'callbox links list' for the IDs.")
    }
}
