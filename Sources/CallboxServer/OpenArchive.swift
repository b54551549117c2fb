package import Deliveries
package import Intake
package import Journal
package import Providers
package import Quarantine
internal import Replication
package import ReportIndex
package import SharedJournal
internal import Synchronization

/// An archive that this process writes to. The process is a server, or a command while no server runs.
package struct OpenArchive: Sendable {
    package let writer: JournalWriter
    package let indexer: Indexer
    package let quarantine: QuarantineWriter
    /// The shared journal of which this archive is a copy. New entries are appended to the shared journal and copied
    /// back from it.
    package var upstream: SharedJournalNode? {
        didSet { lanes.set(upstream?.lanes) }
    }
    private let lanes: UpstreamLanes
    /// Copies another archive into this archive; nil unless configured. This archive then accepts no other entries.
    var following: ArchiveFollower?
    /// Sends this archive's entries to followers; nil unless configured.
    var replication: ReplicationSource?
    let parser: ReportParser
    /// The current sources with their secrets.
    var sources: @Sendable () throws -> SourceTable
    let retention: @Sendable () -> Retention
    let now: @Sendable () -> Timestamp
    /// True if the indexer has its own thread. Otherwise entries are indexed when a caller needs the index.
    let isServed: Bool

    /// The maximum time that an append waits for the indexer. The appended entries are already durable.
    private static let indexWait: Duration = .seconds(5)
    private static let maintenanceWait: Duration = .seconds(600)

    /// Locks the archive and opens its files.
    package init(
        _ directory: ArchiveDirectory, quarantine limits: QuarantineLimits = QuarantineLimits(),
        lag: IndexLag = IndexLag(), parser: ReportParser, sources: @escaping @Sendable () throws -> SourceTable,
        retention: @escaping @Sendable () -> Retention, now: @escaping @Sendable () -> Timestamp,
        isServed: Bool, observeCommit: @escaping @Sendable (Duration) -> Void = { _ in },
        observeQuarantine: @escaping @Sendable (QuarantinedDelivery, QuarantineID?) -> Void = { _, _ in },
        onFailure: @escaping @Sendable (ArchiveFailure) -> Void = { _ in }
    ) throws {
        let writer = try JournalWriter(
            directory, reportFailure: { onFailure(ArchiveFailure(work: "storing", error: $0)) },
            observeCommit: observeCommit)
        let lanes = UpstreamLanes()
        self.lanes = lanes
        do {
            self.indexer = try Indexer(
                directory, lag: lag, isUnderPressure: { writer.isUnderPressure || lanes.areUnderPressure },
                parser: parser)
            self.quarantine = try QuarantineWriter(
                directory, limits: limits,
                reportFailure: { onFailure(ArchiveFailure(work: "quarantine", error: $0)) },
                observe: observeQuarantine)
        } catch {
            writer.close()
            throw error
        }
        self.writer = writer
        self.parser = parser
        self.sources = sources
        self.retention = retention
        self.now = now
        self.isServed = isServed
    }

    /// Starts the indexer's thread. Called only by a server.
    package func startIndexing(onFailure: @escaping @Sendable (ArchiveFailure) -> Void = { _ in }) {
        writer.onGrowth { [indexer] in indexer.wake() }
        indexer.start { onFailure(ArchiveFailure(work: "indexing", error: $0)) }
    }

    package var directory: ArchiveDirectory {
        writer.directory
    }

    package func reader() throws -> ArchiveReader {
        try ArchiveReader(directory)
    }

    /// The encoder of deliveries that do not arrive at the listener.
    package var encode: DeliveryEncoder {
        // The other nodes of a shared journal do not have this archive's dictionaries.
        if upstream != nil { return DeliveryEncoder(compressor: writer.compressors.plain) }
        return DeliveryEncoder { [compressors = writer.compressors] in compressors.compressor(source: $0, body: $1) }
    }

    /// Appends entries. On return the entries are durable, and queries find them unless the indexer is more than
    /// `indexWait` behind. Blocks.
    package func append(_ drafts: [DraftEntry]) throws -> AppendedEntries {
        var appended = AppendedEntries()
        let needsSecrets = drafts.contains { if case .delivery(_, true) = $0 { true } else { false } }
        let sources = needsSecrets ? try sources() : SourceTable([])
        let encode = encode
        let entries = drafts.map { draft -> NewEntry in
            switch draft {
            case .record(let record): return .record(record)
            case .delivery(let imported, let checksSignature):
                let delivery = AuthenticDelivery.imported(
                    imported.request, source: imported.source,
                    at: checksSignature ? sources.source(named: imported.source) : nil, claimed: imported.claimed)
                if delivery.verification == .verified { appended.verifiedCount += 1 }
                return .delivery(encode(delivery, uuid: imported.uuid))
            }
        }
        appended.positions = try appendAndIndex(entries)
        return appended
    }

    /// Removes bodies and entries. If the journal is shared, removes them from all copies.
    var remover: any EntryRemover { upstream ?? writer }

    /// True if entries are appended to a shared journal and copied back.
    package var isShared: Bool { upstream != nil }

    /// True if this process does the regular work of the archive. In a shared journal only the leader does this work,
    /// for all nodes.
    package var leads: Bool { following == nil && upstream.map { $0.leader?.leadingEpoch != nil } ?? true }

    /// Appends entries in one transaction, then waits up to `indexWait` for the indexer's thread. Blocks.
    package func appendAndIndex(_ entries: [NewEntry]) throws -> [Int64] {
        let positions = try upstream?.append(entries, at: now()) ?? writer.append(entries, at: now())
        if isServed, let last = positions.last { _ = indexer.waitUntilIndexed(last, limit: Self.indexWait) }
        return positions
    }

    /// The time at which the newest entry was recorded; nil for an empty archive. Blocks.
    func newestEntryTime() -> Timestamp? {
        guard let journal = try? JournalReader(directory.journal) else { return nil }
        defer { journal.close() }
        guard let end = try? journal.end(), let entry = try? journal.entry(end.position) else { return nil }
        return entry.recordedAt
    }

    /// The journal's last position; nil if it is empty. Blocks.
    func lastPosition() -> Int64? {
        guard let journal = try? JournalReader(directory.journal) else { return nil }
        defer { journal.close() }
        return try? journal.end()?.position
    }

    /// Returns when all entries that exist now are indexed. Without an indexer thread, indexes them on this thread.
    /// Blocks.
    package func indexEverything() throws {
        if isServed { waitForIndexer(limit: Self.maintenanceWait) } else { try indexer.indexAvailable() }
    }

    /// Waits up to `limit` until the indexer's thread has indexed all entries that exist now. Blocks.
    package func waitForIndexer(limit: Duration) {
        guard let journal = try? JournalReader(directory.journal) else { return }
        defer { journal.close() }
        guard let end = try? journal.end() else { return }
        indexer.wake()
        _ = indexer.waitUntilIndexed(end.position, limit: limit)
    }

    /// True if this archive is a copy and the shared journal or the primary must accept new entries.
    func isCopy() throws -> Bool {
        let journal = try JournalReader(directory.journal)
        defer { journal.close() }
        return try journal.isCopy()
    }

    /// Closes the files of a server that fails to start. Blocks.
    func closeFiles() {
        indexer.stop()
        quarantine.close()
        writer.close()
    }

    /// Indexes the new entries and closes the files. Commands call this function. A server closes its archive in
    /// several steps instead. Blocks.
    func close(progress: (Int64) -> Void) throws {
        defer { writer.close() }
        quarantine.close()
        try indexer.catchUp(progress: progress)
    }
}

/// The lanes of the shared journal. They are connected after the indexer has been created.
private final class UpstreamLanes: Sendable {
    private let lanes = Mutex<LaneSet?>(nil)

    func set(_ lanes: LaneSet?) {
        self.lanes.withLock { $0 = lanes }
    }

    var areUnderPressure: Bool { lanes.withLock { $0?.isUnderPressure } ?? false }
}

/// A failure on a thread of the archive, with the text to log.
package struct ArchiveFailure: Sendable {
    let work: String
    let error: ArchiveError
}
