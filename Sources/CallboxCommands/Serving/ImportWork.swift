internal import BodyCompression
internal import Deliveries
internal import Dispatch
internal import Intake
internal import Providers
internal import ReportArchive
internal import Synchronization

/// Brings deliveries of another archive, or of none, into the journal: sealed and committed as those that arrive.
struct ImportWork: Sendable {
    let writer: ArchiveWriter
    /// Today's sources with their secrets.
    let sources: SourceTable

    func callAsFunction(_ request: ImportRequest) throws(CommandFailure) -> ImportedCount {
        let seal = Sealing { [compressors = writer.compressors] in compressors.compressor(source: $0, body: $1) }
        let outcomes = Mutex([CommitOutcome<Receipt>]())
        let group = DispatchGroup()
        var verified: Int64 = 0
        for record in request.records {
            let source = request.checksSignatures ? sources.source(named: record.source) : nil
            let delivery = AuthenticDelivery.imported(
                record.request, source: record.source, at: source, claimed: record.claimed)
            if delivery.verification == .verified { verified += 1 }
            group.enter()
            writer.commit(seal(delivery, uuid: record.uuid)) { outcome in
                outcomes.withLock { $0.append(outcome) }
                group.leave()
            }
        }
        group.wait()
        for case .refused(let refusal) in outcomes.withLock({ $0 }) { throw .refusedImport(refusal) }
        return ImportedCount(imported: Int64(request.records.count), verified: verified)
    }
}

extension CommandFailure {
    fileprivate static func refusedImport(_ refusal: CommitRefusal) -> CommandFailure {
        switch refusal {
        case .storageFull: CommandFailure(ArchiveError.storageFull)
        case .queueFull, .shuttingDown, .storageFailed:
            CommandFailure(
                refusal == .storageFailed ? .inputOutput : .tryAgain,
                "the archive did not take a delivery: \(refusal.rawValue)",
                advice: "Run the import again: what is in the archive already is skipped.")
        }
    }
}
