internal import CallboxServer
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Creates many Certilinks: each in the ledger first, then a hundred a call, then each completed with what came of it.
struct CertilinkBulk {
    /// Orders of one call; how many Certificall takes is not documented.
    static let batchCount = 100

    let client: CertilinkClient
    let creation: LinkCreation
    let api: String
    let expectations: [LinkExpectation]

    func create(_ orders: [CertilinkOrder], dryRun: Bool) async throws {
        let console = creation.console
        var failedCount = 0
        var doneCount = 0
        for start in stride(from: 0, to: orders.count, by: Self.batchCount) {
            let batch = Array(orders[start..<min(start + Self.batchCount, orders.count)])
            let call = try calling { () throws(ProviderCallFailure) in try client.create(batch) }
            if dryRun {
                try console.print(call.request.transcript)
                continue
            }
            failedCount += try await create(batch, call)
            doneCount += batch.count
            console.progress("\(doneCount) of \(orders.count)")
        }
        console.progress("")
        guard !dryRun else { return }
        console.note("\(HumanText.count(orders.count - failedCount, "link")) created, \(failedCount) failed")
        if failedCount > 0 { throw ExitStatus.negative }
    }

    /// - Returns: how many failed.
    private func create(_ batch: [CertilinkOrder], _ call: ProviderCall<CertilinkBatch>) async throws -> Int {
        try await creation.access.writing(createsArchive: true) { session in
            try await create(batch, call, session)
        }
    }

    private func create(
        _ batch: [CertilinkOrder], _ call: ProviderCall<CertilinkBatch>, _ session: ArchiveSession
    ) async throws -> Int {
        var ids: [String: LinkID] = [:]
        for order in batch {
            let link = Self.link(order, api: api, expectations: expectations, expiresAt: order.end)
            ids[order.reportToken] = LinkID(rawValue: try await session.append(.link(link)))
        }
        let result: CertilinkBatch
        do throws(ProviderCallFailure) {
            result = try await client.send(call)
        } catch {
            let failure = CommandFailure(error)
            if !error.mayHaveBeenDone {
                try await session.append(
                    ids.values.map {
                        .record(.linkChange(LinkChangeRecord(link: $0, change: .failed(note: failure.message))))
                    })
            }
            throw failure
        }
        var open = ids
        for (index, created) in result.created.enumerated() {
            // Where the answer does not repeat the token, its place tells, as long as none failed.
            let token =
                created.reportToken ?? (result.failures.isEmpty && index < batch.count ? batch[index].reportToken : nil)
            guard let token, let id = open.removeValue(forKey: token) else { continue }
            let keys = created.magicLinkToken.map { [ReportField(LinkView.magicLinkToken, $0)] } ?? []
            try await session.append(
                .linkChange(LinkChangeRecord(link: id, change: .created(keys: keys, expiresAt: nil))))
            try tell(id, token, [.init("url", .string(created.url))])
        }
        for failure in result.failures {
            guard let token = failure.reportToken, let id = open.removeValue(forKey: token) else { continue }
            let message = failure.message ?? "the provider does not say why"
            try await session.append(.linkChange(LinkChangeRecord(link: id, change: .failed(note: message))))
            try tell(id, token, [.init("error", .string(message))])
        }
        for (token, id) in open.sorted(by: { $0.value.rawValue < $1.value.rawValue }) {
            // Stays as it is: it may have been made.
            try tell(id, token, [.init("error", .string("the answer does not say what became of it"))])
        }
        return batch.count - result.created.count
    }

    private func tell(_ id: LinkID, _ token: String, _ rest: [JSONText.Member]) throws(CommandFailure) {
        let members = [JSONText.Member("link", .integer(id.rawValue)), .init("reportId", .string(token))] + rest
        do {
            try creation.console.print(JSONText.object(members).line)
        } catch {
            throw CommandFailure(.inputOutput, "the output cannot be written")
        }
    }

    static func link(
        _ order: CertilinkOrder, api: String, expectations: [LinkExpectation], expiresAt: Timestamp?
    ) -> LinkOrder {
        let metadata = order.context?.metadata ?? []
        let externalInfo = metadata.isEmpty ? nil : JSONText.object(metadata.map { .init($0.key, .string($0.value)) })
        return LinkOrder(
            provider: "certificall", api: api,
            keys: [ReportField("reportId", order.reportToken)]
                + metadata.map { ReportField("externalInfo.\($0.key)", $0.value) },
            expectations: expectations, externalInfo: externalInfo?.compact, expiresAt: expiresAt)
    }
}

extension CertilinkOrder {
    fileprivate var end: Timestamp? {
        expirationDate.flatMap { Timestamp(rfc3339: $0.text.utf8) }
    }
}
