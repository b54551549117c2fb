internal import Deliveries
internal import Intake
internal import Journal
internal import Providers
internal import Quarantine
internal import ReportIndex

/// An archive that this process writes: the server, or a command when no server runs.
struct OpenArchive: Sendable {
    let writer: JournalWriter
    let indexer: Indexer
    let quarantine: QuarantineWriter
    let parser: ReportParser
    /// Today's sources with their secrets.
    let sources: @Sendable () throws(CommandFailure) -> SourceTable
    let retention: @Sendable () -> Retention
    let now: @Sendable () -> Timestamp
    /// Whether the indexer has a thread of its own. Without one, indexing is done when it is needed.
    let isServed: Bool

    var directory: ArchiveDirectory {
        writer.directory
    }

    func reader() throws(CommandFailure) -> ArchiveReader {
        do throws(ArchiveError) {
            return try ArchiveReader(directory)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Appends entries. They are durable and, unless the indexer is far behind, visible to queries when this returns.
    func append(_ drafts: [DraftEntry]) throws(CommandFailure) -> AppendedEntries {
        var appended = AppendedEntries()
        let needsSecrets = drafts.contains { if case .delivery(_, true) = $0 { true } else { false } }
        let sources = needsSecrets ? try sources() : SourceTable([])
        let encode = DeliveryEncoder { [compressors = writer.compressors] in
            compressors.compressor(source: $0, body: $1)
        }
        var entries: [NewEntry] = []
        for draft in drafts {
            switch draft {
            case .record(let record): entries.append(.record(record))
            case .delivery(let imported, let checksSignature):
                let delivery = AuthenticDelivery.imported(
                    imported.request, source: imported.source,
                    at: checksSignature ? sources.source(named: imported.source) : nil, claimed: imported.claimed)
                if delivery.verification == .verified { appended.verifiedCount += 1 }
                entries.append(.delivery(encode(delivery, uuid: imported.uuid)))
            }
        }
        appended.positions = try archive { () throws(ArchiveError) in try writer.append(entries, at: now()) }
        if isServed, let last = appended.positions.last { _ = indexer.waitUntilIndexed(last, limit: Self.indexWait) }
        return appended
    }

    /// Waits until everything that was recorded before is indexed, or indexes it.
    func indexEverything() throws(CommandFailure) {
        guard !isServed else { return waitForIndexer(limit: Self.maintenanceWait) }
        try archive { () throws(ArchiveError) in try indexer.indexAvailable() }
    }

    /// Waits until the indexer's thread has reached what is the journal's end now.
    func waitForIndexer(limit: Duration) {
        guard let journal = try? JournalReader(directory.journal) else { return }
        defer { journal.close() }
        guard let end = try? journal.end() else { return }
        indexer.wake()
        _ = indexer.waitUntilIndexed(end.position, limit: limit)
    }

    /// Indexes what was recorded and closes the files of a command.
    func close(progress: (Int64) -> Void) throws(CommandFailure) {
        defer { writer.close() }
        quarantine.close()
        try archive { () throws(ArchiveError) in try indexer.catchUp(progress: progress) }
    }

    /// How long an append waits for the indexer. The entries are durable anyway.
    private static let indexWait: Duration = .seconds(5)
    private static let maintenanceWait: Duration = .seconds(600)

    /// Translates failures of the archive.
    func archive<Value>(_ work: () throws(ArchiveError) -> Value) throws(CommandFailure) -> Value {
        do throws(ArchiveError) {
            return try work()
        } catch {
            throw CommandFailure(error)
        }
    }
}
