package import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// Proof of a commit. Only the writer makes one, and only after the fsync.
package struct Receipt: JournalReceipt {
    package let deliveryID: DeliveryID

    fileprivate init(deliveryID: DeliveryID) {
        self.deliveryID = deliveryID
    }
}

/// The archive, open for writing: one thread, one connection, one process.
///
/// What waits is committed together, so a lone delivery is written at once and a crowd shares one fsync.
package final class ArchiveWriter: Sendable {
    package let location: ArchiveLocation
    private let queue = CommitQueue()
    private let refused = QuarantineBuffer()
    let quarantineLimits: QuarantineLimits
    private let lock: ArchiveLock
    private let hasEnded = DispatchSemaphore(value: 0)
    private let failureSink: @Sendable (ArchiveError) -> Void
    private let journalGrowth: Mutex<@Sendable () -> Void> = Mutex({})

    /// Takes the archive's lock, creates or migrates the file, starts the writer.
    ///
    /// - Parameter reportFailure: called on the writer's thread when storage fails, before the waiting deliveries are refused.
    package init(
        _ location: ArchiveLocation, quarantineLimits: QuarantineLimits = QuarantineLimits(),
        reportFailure: @escaping @Sendable (ArchiveError) -> Void = { _ in }
    ) throws(ArchiveError) {
        try location.createFolder()
        self.lock = try ArchiveLock(location)
        self.location = location
        self.failureSink = reportFailure
        self.quarantineLimits = quarantineLimits
        var loop = WriterLoop(location: location, connection: try ArchiveConnection.openForWriting(location))
        try loop.readLastID()
        let started = loop
        let thread = Thread { [self] in
            var loop = started
            run(&loop)
            hasEnded.signal()
        }
        thread.name = "callbox-writer"
        thread.start()
    }

    /// Makes a delivery durable. `finish` is called once: on the writer's thread after the fsync, or at once with a refusal.
    package func commit(
        _ delivery: SealedDelivery, finish: @escaping @Sendable (CommitOutcome<Receipt>) -> Void
    ) {
        if let refusal = queue.enqueue(.init(delivery: delivery, finish: finish)) { finish(.refused(refusal)) }
    }

    /// Keeps a refused delivery where there is room for it; nobody waits for that. False when it was left out.
    @discardableResult
    package func quarantine(_ delivery: QuarantinedDelivery) -> Bool {
        switch refused.add(delivery) {
        case .full: return false
        case .waitsForWriter: return true
        case .isFirst:
            let refused = refused
            let limits = quarantineLimits
            return queue.enqueue { db in
                let deliveries = refused.takeAll()
                // What cannot be kept is lost: it was refused, and its sender knows.
                if let db { try? QuarantineTable.append(deliveries, limits: limits, to: db) }
            }
        }
    }

    /// Called on the writer's thread whenever deliveries were added.
    func onJournalGrowth(_ call: @escaping @Sendable () -> Void) {
        journalGrowth.withLock { $0 = call }
    }

    /// Wakes whoever follows the journal.
    func announceGrowth() {
        journalGrowth.withLock { $0 }()
    }

    /// Runs `work` on the writing connection between commits and waits for it. Not for event loops.
    func perform<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) throws(ArchiveError) -> Value
    {
        let result = Mutex<Result<Value, ArchiveError>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        let isAccepted = queue.enqueue { [location] db in
            let outcome: Result<Value, ArchiveError>
            do throws(ArchiveError) {
                guard let db else { throw ArchiveError.cannotOpen(path: location.path, reason: "its storage failed") }
                outcome = .success(try ArchiveConnection.wrapping(location) { try work(db) })
            } catch {
                outcome = .failure(error)
            }
            result.withLock { $0 = outcome }
            isDone.signal()
        }
        guard isAccepted else { throw .closed }
        isDone.wait()
        guard let outcome = result.withLock({ $0 }) else { throw .closed }
        return try outcome.get()
    }

    /// Finishes what is waiting, checkpoints, closes the file. Later commits are refused.
    package func close() {
        queue.stop()
        hasEnded.wait()
        hasEnded.signal()
    }

    private func run(_ loop: inout WriterLoop) {
        while true {
            switch queue.next() {
            case .commits(let batch):
                let outcomes = loop.commit(
                    batch.map(\.delivery), byteCount: batch.reduce(0) { $0 + $1.byteCount }, reportFailure: failureSink)
                for (commit, outcome) in zip(batch, outcomes) {
                    switch outcome {
                    case .success(let id): commit.finish(.durable(Receipt(deliveryID: id)))
                    case .failure(let refusal): commit.finish(.refused(refusal.refusal))
                    }
                }
                announceGrowth()
                loop.checkpointWhereDue()
            case .job(let job):
                loop.withConnection(job)
                loop.checkpointWhereDue()
            case .stop:
                loop.finish()
                lock.release()
                return
            }
        }
    }
}
