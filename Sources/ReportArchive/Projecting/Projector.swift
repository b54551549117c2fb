package import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// Follows the journal and fills the tables that queries read.
///
/// ```
/// journal ─ read, open, check ─▶ interpret ▸ route ─▶ ProjectionBatch ─▶ the writer, a part at a time
/// ```
/// Reading and interpreting happen on the caller's thread, with a reading connection; only the inserts take the writer's time,
/// and the next batch is read while one is written.
package final class Projector: Sendable {
    /// Reads a delivery and routes what is in it. A function of the delivery alone: a rebuild gives the same rows.
    package typealias Interpret = @Sendable (ArchivedDelivery) -> [RoutedReport]

    /// Deliveries in one batch.
    static let batchCountLimit = 2048
    /// Bytes of opened bodies held at a time, but for a single larger one.
    static let batchByteCountLimit = 8 * 1024 * 1024

    private let writer: ArchiveWriter
    private let interpret: Interpret
    private let lag: ProjectionLag
    private let reader: DatabaseQueue
    private let dictionaries = DictionaryCache()
    private let isStopping = Atomic(false)
    private let growth = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    package init(
        _ writer: ArchiveWriter, lag: ProjectionLag = ProjectionLag(), interpret: @escaping Interpret
    ) throws(ArchiveError) {
        self.writer = writer
        self.lag = lag
        self.interpret = interpret
        self.reader = try ArchiveConnection.openForReading(writer.location)
    }

    /// Follows the journal on a thread of its own until `stop`.
    ///
    /// - Parameter reportFailure: called when a round fails; the next one is tried after more deliveries, or a second later.
    package func start(reportFailure: @escaping @Sendable (ArchiveError) -> Void) {
        writer.onJournalGrowth { [growth] in growth.signal() }
        let thread = Thread { [self] in
            BackgroundThread.projection.yieldToOthers()
            follow(reportFailure)
            hasEnded.signal()
        }
        thread.name = "callbox-projector"
        thread.start()
    }

    /// Ends the thread after the batch it is at, and closes the reading connection.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        growth.signal()
        hasEnded.wait()
        hasEnded.signal()
        try? reader.close()
    }

    private func follow(_ reportFailure: @Sendable (ArchiveError) -> Void) {
        var pace = ProjectionPace()
        while !isStopping.load(ordering: .acquiring) {
            do throws(ArchiveError) {
                try holdBack()
                let count = try projectWhatIsThere()
                if count == 0 {
                    growth.wait()
                } else {
                    pause(pace.pause(after: count))
                }
            } catch .closed {
                return
            } catch {
                reportFailure(error)
                _ = growth.wait(timeout: .now() + 1)
            }
            // One round reads everything there is, however often growth was announced.
            while growth.wait(timeout: .now()) == .success {}
        }
    }

    /// Leaves the machine to the deliveries while they come in a crowd, as far as the lag allows.
    private func holdBack() throws(ArchiveError) {
        while writer.isUnderPressure, !isStopping.load(ordering: .acquiring) {
            let state = try ArchiveConnection.wrapping(writer.location) {
                try reader.read { try ProjectionLag.State($0) }
            }
            if lag.isExceeded(by: state) {
                return writer.setJobsUrgent(true)
            }
            pause(.milliseconds(20))
        }
        writer.setJobsUrgent(false)
    }

    private func pause(_ duration: Duration) {
        guard duration > .zero, !isStopping.load(ordering: .acquiring) else { return }
        Thread.sleep(forTimeInterval: duration / .seconds(1))
    }

    /// Projects everything the journal holds, on the caller's thread, and closes the reading connection: a projector catches
    /// up once, or is started.
    ///
    /// - Parameter progress: called after each batch with the number of the last delivery done.
    package func catchUp(progress: (DeliveryID) -> Void = { _ in }) throws(ArchiveError) {
        while try projectWhatIsThere(progress: progress) > 0 {}
        try? reader.close()
    }

    /// The number of deliveries done; 0 when the journal's end is reached.
    private func projectWhatIsThere(progress: (DeliveryID) -> Void = { _ in }) throws(ArchiveError) -> Int {
        var cursor = try readCursor()
        if cursor == ProjectionTables.isBeingEmptied {
            let clearing = ProjectionClearing()
            try writer.perform(isRebuildable: true) { try clearing.clearPart($0, $1) }
            cursor = try readCursor()
        }
        var count = 0
        var written: WrittenBatch?
        while true {
            let deliveries = try readBatch(after: cursor)
            // The one before has to be written when this one is handed over, and before the end.
            if let written {
                try finish(written)
                progress(written.last)
            }
            guard let last = deliveries.last else { return count }
            count += deliveries.count
            let batch = ProjectionBatch(deliveries, after: cursor)
            written = try WrittenBatch(batch, last: last.id, writer)
            cursor = last.id.rawValue
            let isInterrupted = isStopping.load(ordering: .acquiring) || writer.isUnderPressure
            if isInterrupted, let written {
                try finish(written)
                progress(written.last)
                return count
            }
        }
    }

    private func finish(_ written: WrittenBatch) throws(ArchiveError) {
        try written.wait()
        let repeats = written.repeats
        guard !repeats.isEmpty else { return }
        try BodySharing(reader: reader, dictionaries: dictionaries, writer: writer).share(repeats)
    }

    private func readCursor() throws(ArchiveError) -> Int64 {
        try ArchiveConnection.wrapping(writer.location) { try reader.read { try ProjectionTables.cursor($0) } }
    }

    private func readBatch(after cursor: Int64) throws(ArchiveError) -> [ProjectedDelivery] {
        let rows = try ArchiveConnection.wrapping(writer.location) {
            try reader.read { db in
                try JournalRows.batch(
                    after: cursor, countLimit: Self.batchCountLimit, byteCountLimit: Self.batchByteCountLimit, db,
                    dictionaries)
            }
        }
        return rows.map(project)
    }

    /// A delivery that does not read back as it was written is shown as such; it holds nothing up. What one said whose body was
    /// pruned is in the tables still.
    private func project(_ row: JournalRow) -> ProjectedDelivery {
        if row.isPruned {
            return ProjectedDelivery(id: row.id, source: row.source, receivedAt: row.receivedAt, reports: [])
        }
        let reports: [RoutedReport]
        do throws(ArchiveError) {
            reports = interpret(try row.opened())
        } catch {
            let content = ReportContent(
                provider: row.source, kind: ReportContent.unrecognisedKind, dedupeKey: "damaged:\(row.id)",
                problem: "the stored delivery is damaged; 'callbox archive check' says more")
            reports = [RoutedReport(content: content, route: nil)]
        }
        return ProjectedDelivery(id: row.id, source: row.source, receivedAt: row.receivedAt, reports: reports)
    }
}

/// A batch on its way to the tables.
private struct WrittenBatch: Sendable {
    let last: DeliveryID
    private let outcome: Outcome
    /// Held so that the writer's thread is not the one to clear it away.
    private let batch: ProjectionBatch

    private final class Outcome: Sendable {
        let isDone = DispatchSemaphore(value: 0)
        let failure = Mutex<ArchiveError?>(nil)
    }

    init(_ batch: ProjectionBatch, last: DeliveryID, _ writer: ArchiveWriter) throws(ArchiveError) {
        self.last = last
        self.batch = batch
        let outcome = Outcome()
        self.outcome = outcome
        let isAccepted = writer.begin(isRebuildable: true, { try batch.writePart($0, $1) }) { error in
            outcome.failure.withLock { $0 = error }
            outcome.isDone.signal()
        }
        guard isAccepted else { throw .closed }
    }

    /// Once it was written.
    var repeats: [BodyRepeat] {
        batch.repeats
    }

    func wait() throws(ArchiveError) {
        outcome.isDone.wait()
        if let error = outcome.failure.withLock({ $0 }) { throw error }
    }
}
