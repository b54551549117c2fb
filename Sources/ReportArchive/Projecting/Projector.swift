package import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// Follows the journal and fills the tables that queries read.
///
/// ```
/// journal ─ read, open, check ─▶ interpret ▸ route ─▶ report, attempt, field, cursor: one transaction of the writer
/// ```
/// Reading and interpreting happen on the caller's thread, with a reading connection; only the inserts take the writer's time.
package final class Projector: Sendable {
    /// Reads a delivery and routes what is in it. A function of the delivery alone: a rebuild gives the same rows.
    package typealias Interpret = @Sendable (ArchivedDelivery) -> [RoutedReport]

    /// Deliveries in one transaction.
    static let batchCountLimit = 256
    /// Bytes of opened bodies held at a time, but for a single larger one.
    static let batchByteCountLimit = 8 * 1024 * 1024

    private let writer: ArchiveWriter
    private let interpret: Interpret
    private let reader: DatabaseQueue
    private let isStopping = Atomic(false)
    private let growth = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    package init(_ writer: ArchiveWriter, interpret: @escaping Interpret) throws(ArchiveError) {
        self.writer = writer
        self.interpret = interpret
        self.reader = try ArchiveConnection.openForReading(writer.location)
    }

    /// Follows the journal on a thread of its own until `stop`.
    ///
    /// - Parameter reportFailure: called when a round fails; the next one is tried after more deliveries, or a second later.
    package func start(reportFailure: @escaping @Sendable (ArchiveError) -> Void) {
        writer.onJournalGrowth { [growth] in growth.signal() }
        let thread = Thread { [self] in
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
        while !isStopping.load(ordering: .acquiring) {
            do throws(ArchiveError) {
                if try projectNextBatch() > 0 { continue }
                growth.wait()
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

    /// Projects everything the journal holds, on the caller's thread, and closes the reading connection: a projector catches
    /// up once, or is started.
    ///
    /// - Parameter progress: called after each batch with the number of the last delivery done.
    package func catchUp(progress: (DeliveryID) -> Void = { _ in }) throws(ArchiveError) {
        while try projectNextBatch(progress: progress) > 0 {}
        try? reader.close()
    }

    /// The number of deliveries done; 0 when the journal's end is reached.
    private func projectNextBatch(progress: (DeliveryID) -> Void = { _ in }) throws(ArchiveError) -> Int {
        let entries = try ArchiveConnection.wrapping(writer.location) {
            try reader.read { db in
                let cursor = try ProjectionTables.cursor(db)
                return try JournalRows.batch(
                    after: cursor, countLimit: Self.batchCountLimit, byteCountLimit: Self.batchByteCountLimit, db)
            }
        }
        guard let last = entries.last else { return 0 }
        let projected = entries.map(project)
        try writer.perform { try ProjectionTables.append(projected, to: $0) }
        progress(last.id)
        return entries.count
    }

    /// A delivery that does not read back as it was written is shown as such; it holds nothing up.
    private func project(_ row: JournalRow) -> ProjectedDelivery {
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
