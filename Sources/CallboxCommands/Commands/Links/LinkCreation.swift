internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Journal
internal import ProviderTransport
internal import Providers
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Asks a provider for a link: written down first, then asked for, then completed with what the provider answered. A link is
/// never forgotten, whatever happens in between: one whose response was lost stays `requested` and is told as pending.
struct LinkCreation {
    let access: ArchiveAccess
    let console: Console
    let options: LinkOrderOptions
    let format: ViewFormat

    init(_ configuration: CallboxConfiguration, _ options: LinkOrderOptions, console: Console) {
        self.access = ArchiveAccess(configuration, console: console)
        self.console = console
        self.options = options
        self.format = options.format ?? (console.isTerminal ? .table : .json)
    }

    func create(_ plan: LinkPlan, _ call: ProviderCall<CreatedLink>, by client: ProviderClient) async throws {
        let order = try order(plan, by: client)
        let (id, created) = try await access.writing(createsArchive: true) { session in
            let id = LinkID(rawValue: try await session.append(.link(order)))
            let created: CreatedLink
            do {
                created = try await client.send(call)
            } catch {
                let failure = CommandFailure(translating: error)
                // If the provider may have done it, the link stays open: reports may arrive for it.
                if (error as? ProviderCallFailure)?.mayHaveBeenDone == false {
                    await note(.failed(note: failure.message), of: id, session)
                }
                throw CommandFailure(
                    failure.status, failure.message,
                    advice: [failure.advice, "It is link \(id)."].compactMap { $0 }.joined(separator: " "))
            }
            await note(.created(keys: created.keys, expiresAt: created.expiresAt), of: id, session)
            return (id, created)
        }
        try tell(id, created)
    }

    func order(_ plan: LinkPlan, by client: ProviderClient) throws(CommandFailure) -> LinkOrder {
        LinkOrder(
            provider: client.account.api.name, api: client.account.root.text + plan.apiPath, keys: plan.keys,
            expectations: try options.expectations(or: plan.expectations), externalInfo: plan.externalInfo,
            expiresAt: plan.expiresAt)
    }

    /// The provider's response counts: a record that cannot be written is reported and does not undo it.
    private func note(_ change: LinkChange, of id: LinkID, _ session: ArchiveSession) async {
        do {
            try await session.append(.linkChange(LinkChangeRecord(link: id, change: change)))
        } catch {
            let message = CommandFailure(translating: error).message
            console.note("link \(id) could not be completed in the ledger: \(message)")
        }
    }

    private func tell(_ id: LinkID, _ created: CreatedLink) throws {
        let keys = created.keys.filter {
            !CallboxCommand.providers.secretLinkKeys.contains($0.name) && !$0.name.hasPrefix("externalInfo.")
        }
        .map { JSONText.Member($0.name, .string($0.value)) }
        var members: [JSONText.Member] = [.init("link", .integer(id.rawValue))]
        members += format == .json ? [.init("keys", .object(keys))] : keys
        if let expiresAt = created.expiresAt { members.append(.init("expiresAt", .string(expiresAt.rfc3339))) }
        members += created.shown
        switch format {
        case .json: try console.print(JSONText.object(members).line)
        case .table:
            let width = members.map(\.name.count).max() ?? 0
            for member in members {
                let name = member.name + String(repeating: " ", count: width - member.name.count)
                try console.print(
                    "\(console.styled(TerminalText.escape(name), .dim))  \(TerminalText.escape(member.value.plain))")
            }
        }
    }
}

extension JSONText {
    /// The text itself of a string; JSON of anything else.
    fileprivate var plain: String {
        if case .string(let text) = self { text } else { compact }
    }
}
