package import BodyCompression
package import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization
internal import Threads

/// The proof of a commit. Only the writer can create a receipt, and only after the fsync.
package struct Receipt: JournalReceipt {
    package let deliveryID: DeliveryID

    fileprivate init(deliveryID: DeliveryID) {
        self.deliveryID = deliveryID
    }
}

/// Writes the journal from one thread with one connection. Only one process at a time can have a writer.
///
/// The writer commits a lone delivery at once. It commits waiting deliveries together, with a single fsync.
package final class JournalWriter: Sendable {
    package let directory: ArchiveDirectory
    /// The compressors for new bodies, with the dictionaries of the journal.
    package let compressors = BodyCompressors()
    private let queue = CommitQueue()
    private let lock: ArchiveLock
    /// The writer's thread; `close` joins it.
    private let thread = Mutex<OwnedThread?>(nil)
    private let failureSink: @Sendable (ArchiveError) -> Void
    private let observeCommit: @Sendable (Duration) -> Void
    /// The uptime in nanoseconds at which the writer's thread started its current work; 0 while it waits.
    private let busySince = Atomic<UInt64>(0)
    /// True if another archive became the primary. Set on the writer's thread.
    let supersededFlag = Atomic(false)
    private let growthListeners = Mutex(GrowthListeners())

    /// Takes the archive's lock, creates or opens the journal, and starts the writer's thread. Blocks.
    ///
    /// - Parameters:
    ///   - observeCommit: called on the writer's thread with the duration of each transaction of deliveries, including
    ///     fsync.
    ///   - reportFailure: called on the writer's thread if storage fails, before the waiting deliveries are rejected.
    package init(
        _ directory: ArchiveDirectory, reportFailure: @escaping @Sendable (ArchiveError) -> Void = { _ in },
        observeCommit: @escaping @Sendable (Duration) -> Void = { _ in }
    ) throws(ArchiveError) {
        self.observeCommit = observeCommit
        try directory.create()
        self.lock = try ArchiveLock(directory)
        self.directory = directory
        self.failureSink = reportFailure
        let compressors = compressors
        var opened = try WriterLoop(directory.journal)
        var isSuperseded = false
        try opened.run { db, journal in
            try compressors.load(db)
            isSuperseded = journal.isSuperseded
        }
        supersededFlag.store(isSuperseded, ordering: .relaxed)
        do throws(OwnedThread.CannotStart) {
            let thread = try OwnedThread("callbox-writer") { [self, opened] in
                var loop = opened
                run(&loop)
            }
            self.thread.withLock { $0 = thread }
        } catch {
            opened.finish()
            throw ArchiveError(error, path: directory.path)
        }
    }

    /// True if another archive became the primary. Further commits are then rejected.
    package var isSuperseded: Bool { supersededFlag.load(ordering: .acquiring) }

    /// Makes a delivery durable. Calls `finish` exactly once: on the writer's thread after the fsync, or immediately
    /// with a rejection.
    package func commit(
        _ delivery: EncodedDelivery, finish: @escaping @Sendable (CommitOutcome<Receipt>) -> Void
    ) {
        if isSuperseded { return finish(.rejected(.superseded)) }
        if let rejection = queue.enqueue(.init(delivery: delivery, finish: finish)) { finish(.rejected(rejection)) }
    }

    /// Appends entries in one transaction and returns their positions. The entries are on disk when this call returns.
    /// Blocks like `perform`.
    @discardableResult
    package func append(_ entries: [NewEntry], at now: Timestamp) throws(ArchiveError) -> [Int64] {
        guard !entries.isEmpty else { return [] }
        let first = try performOnce { db, journal in
            let timed = entries.map { entry -> (entry: NewEntry, at: Timestamp) in
                if case .delivery(let delivery) = entry { (entry, delivery.receivedAt) } else { (entry, now) }
            }
            return try journal.append(timed, to: db)
        }
        announceGrowth()
        return entries.indices.map { first + Int64($0) }
    }

    /// Appends one record and returns its position. Blocks like `perform`.
    @discardableResult
    package func append(_ record: JournalRecord, at now: Timestamp) throws(ArchiveError) -> Int64 {
        try append([.record(record)], at: now).first ?? 0
    }

    /// Adds a function that the writer's thread calls whenever entries were added.
    package func onGrowth(_ call: @escaping @Sendable () -> Void) {
        growthListeners.withLock { $0 = GrowthListeners(calls: $0.calls + [call]) }
    }

    func announceGrowth() {
        for call in growthListeners.withLock({ $0 }).calls { call() }
    }

    /// Runs a job in parts between commits until a part returns a value, and returns that value. Blocks, so it must not
    /// run on event loops or the cooperative pool.
    func perform<Value: Sendable>(
        _ part: @escaping @Sendable (Database, inout JournalAppend, PartEnd) throws -> Value?
    ) throws(ArchiveError) -> Value {
        let value = Mutex<Value?>(nil)
        let end = BlockingResult<Void, ArchiveError>()
        let job = WriterJob { db, journal, partEnd in
            let found = try part(db, &journal, partEnd)
            value.withLock { $0 = found }
            return found != nil
        } finish: { error in
            end.finish(error.map(Result.failure) ?? .success(()))
        }
        guard queue.enqueue(job) else { throw .closed }
        try end.wait()
        guard let value = value.withLock({ $0 }) else { throw .closed }
        return value
    }

    /// Runs a job that has a single part. Blocks like `perform`.
    func performOnce<Value: Sendable>(
        _ work: @escaping @Sendable (Database, inout JournalAppend) throws -> Value
    ) throws(ArchiveError) -> Value {
        try perform { db, journal, _ in try work(db, &journal) }
    }

    /// The compressor for a new body. While many deliveries arrive, this is the fastest compressor. `archive
    /// compact` later compresses such bodies with the dictionary.
    package func compressorForArrival(source: String, body: [UInt8]) -> any BodyCompressor {
        queue.wasBusy ? compressors.plain : compressors.compressor(source: source, body: body)
    }

    /// True if at least 500 small deliveries arrive per second, or fewer large deliveries. Bodies are then compressed
    /// without a dictionary.
    package var isBusy: Bool { queue.isBusy }

    /// True if deliveries arrive faster than they could be committed one by one.
    package var isUnderPressure: Bool { queue.isUnderPressure }

    /// True if the writer's thread waits for work or started its current work less than `limit` ago. False if the disk
    /// hangs.
    package func isResponding(within limit: Duration) -> Bool {
        let since = busySince.load(ordering: .relaxed)
        let now = DispatchTime.now().uptimeNanoseconds
        return since == 0 || now < since || Duration.nanoseconds(now - since) < limit
    }

    /// The number and bytes of deliveries that wait for their commit.
    package var waiting: (count: Int, byteCount: Int) {
        queue.waiting
    }

    /// Finishes the waiting work, checkpoints, closes the file, releases the lock and joins the thread. Later commits
    /// are rejected. Blocks like `perform`.
    package func close() {
        queue.stop()
        thread.withLock { $0?.join() }
    }

    private func run(_ loop: inout WriterLoop) {
        while true {
            busySince.store(0, ordering: .relaxed)
            let work = queue.next()
            busySince.store(DispatchTime.now().uptimeNanoseconds, ordering: .relaxed)
            switch work {
            case .commits(let batch):
                let start = ContinuousClock.now
                let outcomes = loop.commit(batch.map(\.delivery), reportFailure: failureSink)
                observeCommit(start.duration(to: .now))
                for (commit, outcome) in zip(batch, outcomes) {
                    switch outcome {
                    case .success(let id): commit.finish(.durable(Receipt(deliveryID: id)))
                    case .failure(let rejection): commit.finish(.rejected(rejection))
                    }
                }
                announceGrowth()
                loop.checkpointIfDue(afterJob: false, reportFailure: failureSink)
            case .job(let job):
                run(job, &loop)
                loop.checkpointIfDue(afterJob: true, reportFailure: failureSink)
            case .stop:
                loop.finish()
                lock.release()
                return
            }
        }
    }

    private func run(_ job: WriterJob, _ loop: inout WriterLoop) {
        var isFinished = false
        let end = PartEnd { [queue] in queue.hasWaitingCommits }
        do throws(ArchiveError) {
            try loop.run { isFinished = try job.part($0, &$1, end) }
            if isFinished { job.finish(nil) } else { queue.putBack(job) }
        } catch {
            job.finish(error)
        }
    }
}

/// This is a class, because a `Mutex` that contains the closures directly would wrap them again at every access.
private final class GrowthListeners: Sendable {
    let calls: [@Sendable () -> Void]

    init(calls: [@Sendable () -> Void] = []) {
        self.calls = calls
    }
}
