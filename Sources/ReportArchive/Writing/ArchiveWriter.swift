package import BodyCompression
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
    /// For bodies that arrive, with the dictionaries that the archive has.
    package let compressors = BodyCompressors()
    private let queue = CommitQueue()
    private let refused = QuarantineBuffer()
    let quarantineLimits: QuarantineLimits
    private let lock: ArchiveLock
    private let hasEnded = DispatchSemaphore(value: 0)
    private let failureSink: @Sendable (ArchiveError) -> Void
    private let growthListener: Mutex<GrowthListener?> = Mutex(nil)

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
        let compressors = compressors
        var started = try WriterLoop(location: location)
        if let error = started.withConnection(isRebuildable: false, { try compressors.load($0) }) { throw error }
        let opened = started
        let thread = Thread { [self] in
            var loop = opened
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
            return queue.enqueue(
                WriterJob(
                    isRebuildable: false,
                    part: { db, _ in
                        try QuarantineTable.append(refused.takeAll(), limits: limits, to: db)
                        return .finished
                    },
                    finish: { error in
                        // What cannot be kept is lost: it was refused, and its sender knows.
                        if error != nil { _ = refused.takeAll() }
                    }))
        }
    }

    /// Called on the writer's thread whenever deliveries were added.
    func onJournalGrowth(_ call: @escaping @Sendable () -> Void) {
        growthListener.withLock { $0 = GrowthListener(call: call) }
    }

    /// Wakes whoever follows the journal.
    func announceGrowth() {
        growthListener.withLock { $0 }?.call()
    }

    /// Runs `work` on the writing connection between commits and waits for it. Not for event loops.
    func perform<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) throws(ArchiveError) -> Value
    {
        let value = Mutex<Value?>(nil)
        try perform(isRebuildable: false) { db, _ in
            let result = try work(db)
            value.withLock { $0 = result }
            return .finished
        }
        guard let value = value.withLock({ $0 }) else { throw .closed }
        return value
    }

    /// Runs a job in parts between commits and waits for its end. Not for event loops.
    func perform(
        isRebuildable: Bool, _ part: @escaping @Sendable (Database, PartEnd) throws -> WriterJob.Progress
    ) throws(ArchiveError) {
        let failure = Mutex<ArchiveError?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        let isAccepted = begin(isRebuildable: isRebuildable, part) { error in
            failure.withLock { $0 = error }
            isDone.signal()
        }
        guard isAccepted else { throw .closed }
        isDone.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// The same without waiting; false when the archive is closing, and then `finish` is not called.
    func begin(
        isRebuildable: Bool, _ part: @escaping @Sendable (Database, PartEnd) throws -> WriterJob.Progress,
        finish: @escaping @Sendable (ArchiveError?) -> Void
    ) -> Bool {
        queue.enqueue(WriterJob(isRebuildable: isRebuildable, part: part, finish: finish))
    }

    /// The compressor for a body that has just arrived: while many come, the one that takes least of the processor. `archive
    /// repack` gives their bodies a dictionary later.
    package func compressorForArrival(source: String, body: [UInt8]) -> any BodyCompressor {
        queue.isBusy ? compressors.plain : compressors.compressor(source: source, body: body)
    }

    /// Whether deliveries come faster than each could be committed alone.
    package var isUnderPressure: Bool {
        queue.isUnderPressure
    }

    /// Lets jobs take turns with commits, for work that must not wait longer.
    func setJobsUrgent(_ areUrgent: Bool) {
        queue.setJobsUrgent(areUrgent)
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
                let outcomes = loop.commit(batch.map(\.delivery), reportFailure: failureSink)
                for (commit, outcome) in zip(batch, outcomes) {
                    switch outcome {
                    case .success(let id): commit.finish(.durable(Receipt(deliveryID: id)))
                    case .failure(let refusal): commit.finish(.refused(refusal.refusal))
                    }
                }
                announceGrowth()
                loop.checkpointWhereDue(afterJob: false)
            case .job(let job):
                run(job, &loop)
                loop.checkpointWhereDue(afterJob: true)
            case .stop:
                loop.finish()
                lock.release()
                return
            }
        }
    }

    private func run(_ job: WriterJob, _ loop: inout WriterLoop) {
        var progress = WriterJob.Progress.finished
        let end = PartEnd { [queue] in queue.hasWaitingCommits }
        let error = loop.withConnection(isRebuildable: job.isRebuildable) { progress = try job.part($0, end) }
        if error == nil, progress == .unfinished { queue.putBack(job) } else { job.finish(error) }
    }
}

/// Who is told of new deliveries. A class: a closure that a lock holds by itself is wrapped once more at every look.
private final class GrowthListener: Sendable {
    let call: @Sendable () -> Void

    init(call: @escaping @Sendable () -> Void) {
        self.call = call
    }
}
