internal import CallboxServer
internal import Deliveries
internal import Journal
internal import ProviderTransport
internal import Providers
internal import StrictJSON
internal import TerminalOutput

/// Many orders from a file: each recorded first, then a batch a call, then each completed with its outcome.
extension LinkCreation {
    func create<Form: BulkLinkForm>(
        _ form: Form.Type, linesOf file: [UInt8], _ flags: FieldValues, by client: ProviderClient
    ) async throws {
        let orders = try LinkFile<Form>.orders(file, flags)
        var failedCount = 0
        var doneCount = 0
        for start in stride(from: 0, to: orders.count, by: Form.batchCount) {
            let batch = Array(orders[start..<min(start + Form.batchCount, orders.count)])
            let (plans, call) = try form.plan(batch, for: client.account)
            if options.dryRun {
                try console.print(call.request.transcript)
                continue
            }
            failedCount += try await access.writing(createsArchive: true) { session in
                try await create(plans, call, by: client, session)
            }
            doneCount += batch.count
            console.progress("\(doneCount) of \(orders.count)")
        }
        console.progress("")
        guard !options.dryRun else { return }
        console.note("\(HumanText.count(orders.count - failedCount, "link")) created, \(failedCount) failed")
        if failedCount > 0 { throw ExitStatus.negative }
    }

    /// - Returns: the number of orders that failed.
    private func create(
        _ plans: [LinkPlan], _ call: ProviderCall<[BulkOutcome]>, by client: ProviderClient, _ session: ArchiveSession
    ) async throws -> Int {
        var ids: [LinkID] = []
        for plan in plans {
            ids.append(LinkID(rawValue: try await session.append(.link(try order(plan, by: client)))))
        }
        let outcomes: [BulkOutcome]
        do {
            outcomes = try await client.send(call)
        } catch {
            let failure = CommandFailure(translating: error)
            if (error as? ProviderCallFailure)?.mayHaveBeenDone == false {
                try await session.append(
                    ids.map {
                        .record(.linkChange(LinkChangeRecord(link: $0, change: .failed(note: failure.message))))
                    })
            }
            throw failure
        }
        var failedCount = 0
        for (id, (plan, outcome)) in zip(ids, zip(plans, outcomes)) {
            var shown: [JSONText.Member]
            switch outcome {
            case .created(let created):
                try await session.append(
                    .linkChange(LinkChangeRecord(link: id, change: .created(keys: created.keys, expiresAt: nil))))
                shown = created.shown
            case .failed(let message):
                failedCount += 1
                try await session.append(.linkChange(LinkChangeRecord(link: id, change: .failed(note: message))))
                shown = [.init("error", .string(message))]
            case .unknown:
                // The link stays as it is: it may have been created.
                failedCount += 1
                shown = [.init("error", .string("the response does not say what became of it"))]
            }
            let key = plan.keys.first.map { [JSONText.Member($0.name, .string($0.value))] } ?? []
            try console.print(JSONText.object([.init("link", .integer(id.rawValue))] + key + shown).line)
        }
        return failedCount
    }
}
