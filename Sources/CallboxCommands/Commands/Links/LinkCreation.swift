internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Journal
internal import Links
internal import ProviderTransport
internal import Providers
internal import StrictJSON
internal import TerminalOutput

/// Creates links in an archive session and prints them.
struct LinkCreation {
    private let access: ArchiveAccess
    private let console: Console
    private let options: LinkOrderOptions
    private let format: ViewFormat

    init(_ configuration: CallboxConfiguration, _ options: LinkOrderOptions, console: Console) {
        self.access = ArchiveAccess(configuration, console: console)
        self.console = console
        self.options = options
        self.format = options.formats.resolved(for: console)
    }

    func create(_ plan: LinkPlan, _ call: ProviderCall<CreatedLink>, by client: ProviderClient) async throws {
        let expectations = try options.expectations(or: plan.expectations)
        let links = try await requesting(by: client) { [try await $0.create(plan, call, expecting: expectations)] }
        guard let link = links.first else { return }
        switch link.outcome {
        case .created(let created): try print(link.id, created)
        case .failed(let error):
            let failure = CommandFailure(translating: error)
            throw CommandFailure(
                failure.status, failure.message,
                advice: [failure.advice, "The request is recorded as link \(link.id)."].compactMap { $0 }.joined(
                    separator: " "))
        case .rejected, .unknown: break
        }
    }

    /// Creates the links of a file, one batch per call. If the provider rejects an order, the other links are still
    /// created. If a call fails, no further order is sent.
    func create<Form: BulkLinkForm>(
        _ form: Form.Type, linesOf file: [UInt8], _ flags: FieldValues, by client: ProviderClient
    ) async throws {
        let orders = try LinkFile<Form>.orders(file, flags)
        var createdCount = 0
        for start in stride(from: 0, to: orders.count, by: Form.batchCount) {
            let batch = Array(orders[start..<min(start + Form.batchCount, orders.count)])
            let (plans, call) = try form.plan(batch, for: client.account)
            if options.dryRun {
                try console.print(call.request.transcript)
                continue
            }
            let planned = try plans.map { ($0, try options.expectations(or: $0.expectations)) }
            let links = try await requesting(by: client) { try await $0.create(planned, call) }
            for (plan, link) in zip(plans, links) {
                if case .failed(let error) = link.outcome { throw error }
                if case .created = link.outcome { createdCount += 1 }
                let key = plan.keys.first.map { [JSONText.Member($0.name, .string($0.value))] } ?? []
                let members = [.init("link", .integer(link.id.rawValue))] + key + Self.result(link.outcome)
                try console.print(JSONText.object(members).line)
            }
            console.progress("\(start + batch.count) of \(orders.count)")
        }
        console.progress("")
        guard !options.dryRun else { return }
        console.note("\(HumanText.count(createdCount, "link")) created, \(orders.count - createdCount) failed")
        if createdCount < orders.count { throw ExitStatus.negative }
    }

    private func requesting(
        by client: ProviderClient, _ work: (LinkRequests) async throws -> [LinkRequests.Requested]
    ) async throws -> [LinkRequests.Requested] {
        let links = try await access.writing(createsArchive: true) { session in
            try await work(
                LinkRequests(
                    client, append: { try await session.append($0.map { .record($0) }).positions },
                    describe: { CommandFailure(translating: $0).message }))
        }
        for link in links {
            guard let failure = link.recordingFailure else { continue }
            console.note(
                "the outcome of link \(link.id) was not recorded: \(CommandFailure(translating: failure).message)"
            )
        }
        return links
    }

    private static func result(_ outcome: LinkRequests.Outcome) -> [JSONText.Member] {
        switch outcome {
        case .created(let created): created.shown
        case .rejected(let message): [.init("error", .string(message))]
        case .unknown, .failed: [.init("error", .string("the response does not show whether the link was created"))]
        }
    }

    private func print(_ id: LinkID, _ created: CreatedLink) throws {
        let keys = created.keys.filter {
            !CallboxCommand.providers.secretLinkKeys.contains($0.name) && !$0.name.hasPrefix("externalInfo.")
        }
        .map { JSONText.Member($0.name, .string($0.value)) }
        var members: [JSONText.Member] = [.init("link", .integer(id.rawValue))]
        members += format == .json ? [.init("keys", .object(keys))] : keys
        if let expiresAt = created.expiresAt { members.append(.init("expiresAt", .string(expiresAt.rfc3339))) }
        members += created.shown
        guard format == .table else { return try console.print(JSONText.object(members).line) }
        let width = members.map(\.name.count).max() ?? 0
        for member in members {
            let name = member.name + String(repeating: " ", count: width - member.name.count)
            let value = if case .string(let text) = member.value { text } else { member.value.compact }
            try console.print("\(console.styled(TerminalText.escape(name), .dim))  \(TerminalText.escape(value))")
        }
    }
}
