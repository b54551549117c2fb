internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Asks a provider for a link: written down first, then asked for, then completed with what the provider answered. A link is
/// never forgotten, whatever happens in between: one whose answer was lost stays `requested` and is told as awaited.
struct LinkCreation {
    let access: ArchiveAccess
    let console: Console
    let format: ViewFormat

    init(_ configuration: CallboxConfiguration, _ options: LinkOrderOptions, console: Console) {
        self.access = ArchiveAccess(configuration, console: console)
        self.console = console
        self.format = options.format ?? (console.isTerminal ? .table : .json)
    }

    /// What a created link is known by from now on, and what is told of it once.
    struct Created {
        var keys: [ReportField]
        var expiresAt: Timestamp?
        /// Told now and not kept: the address that the user opens.
        var told: [JSONText.Member]
    }

    func create<Value: Sendable>(
        _ order: LinkOrder, _ call: ProviderCall<Value>, by client: some ProviderClient,
        _ read: (Value) throws(CommandFailure) -> Created
    ) async throws {
        let (id, created) = try await access.writing(createsArchive: true) { session in
            let id = LinkID(rawValue: try await session.append(.link(order)))
            let value: Value
            do throws(ProviderCallFailure) {
                value = try await client.send(call)
            } catch {
                let failure = CommandFailure(error)
                // If the provider may have done it, the link stays open: reports may arrive for it.
                if !error.mayHaveBeenDone { await note(.failed(note: failure.message), of: id, session) }
                throw CommandFailure(
                    failure.status, failure.message,
                    advice: [failure.advice, "It is link \(id)."].compactMap { $0 }.joined(separator: " "))
            }
            let created = try read(value)
            await note(.created(keys: created.keys, expiresAt: created.expiresAt), of: id, session)
            return (id, created)
        }
        try tell(id, created)
    }

    /// The provider's answer counts: what the ledger cannot take is said, and does not undo it.
    private func note(_ change: LinkChange, of id: LinkID, _ session: ArchiveSession) async {
        do {
            try await session.append(.linkChange(LinkChangeRecord(link: id, change: change)))
        } catch {
            let message = CommandFailure(translating: error).message
            console.note("callbox: link \(id) could not be completed in the ledger: \(message)")
        }
    }

    private func tell(_ id: LinkID, _ created: Created) throws {
        let keys = created.keys.filter { $0.name != LinkView.magicLinkToken && !$0.name.hasPrefix("externalInfo.") }
            .map { JSONText.Member($0.name, .string($0.value)) }
        var members: [JSONText.Member] = [.init("link", .integer(id.rawValue))]
        members += format == .json ? [.init("keys", .object(keys))] : keys
        if let expiresAt = created.expiresAt { members.append(.init("expiresAt", .string(expiresAt.rfc3339))) }
        members += created.told
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

extension ProviderCallFailure {
    /// Whether the provider may have carried the call out.
    var mayHaveBeenDone: Bool {
        switch self {
        case .unreachable(_, let mayHaveArrived): mayHaveArrived
        case .unexpectedResponse, .cancelled: true
        case .rejected(let rejection): rejection.status >= 500
        case .badInput: false
        }
    }
}

extension JSONText {
    /// The text itself of a string; JSON of anything else.
    fileprivate var plain: String {
        if case .string(let text) = self { text } else { compact }
    }
}
