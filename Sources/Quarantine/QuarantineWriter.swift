package import Deliveries
internal import Foundation
internal import GRDB
package import Journal
internal import Synchronization
internal import Threads

/// Stores rejected deliveries in a separate file, within limits, with one thread and one connection.
///
/// ```
/// event loops ── add ──▶ buffer ─┐
///                                ├─▶ thread: deliveries, then jobs ──▶ quarantine.sqlite
/// CLI, timer ─ delete, age ─▶ jobs ┘
/// ```
/// Rejected deliveries are not acknowledged, so a power cut may undo the last commits. A damaged file is renamed and
/// replaced. The creator of this writer must hold the archive's lock, usually through a `JournalWriter`.
package final class QuarantineWriter: Sendable {
    private struct Job: Sendable {
        let work: @Sendable (Database) throws -> Void
        let finish: @Sendable (Result<Void, ArchiveError>) -> Void
    }

    private struct State {
        var buffer = QuarantineBuffer()
        var jobs: [Job] = []
        var isStopping = false
    }

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)
    /// The writer's thread; `close` joins it.
    private let thread = Mutex<OwnedThread?>(nil)
    let path: String
    private let limits: QuarantineLimits
    private let failureSink: @Sendable (ArchiveError) -> Void
    private let observe: @Sendable (QuarantinedDelivery, QuarantineID?) -> Void

    /// Opens or creates the file and starts the thread.
    ///
    /// - Parameters:
    ///   - reportFailure: called on the writer's thread if deliveries could not be stored, or if a damaged file was
    ///     renamed.
    ///   - observe: called on the writer's thread for each delivery; the ID is nil if the delivery was not stored.
    package init(
        _ directory: ArchiveDirectory, limits: QuarantineLimits = QuarantineLimits(),
        reportFailure: @escaping @Sendable (ArchiveError) -> Void = { _ in },
        observe: @escaping @Sendable (QuarantinedDelivery, QuarantineID?) -> Void = { _, _ in }
    ) throws(ArchiveError) {
        self.observe = observe
        self.path = directory.quarantinePath
        self.limits = limits
        self.failureSink = reportFailure
        var opened = QuarantineFile(path: path, reportFailure: reportFailure)
        try opened.open()
        let file = opened
        do throws(OwnedThread.CannotStart) {
            let thread = try OwnedThread("callbox-quarantine") { [self] in
                ThreadPriority.background.applyToCurrentThread()
                var file = file
                run(&file)
            }
            self.thread.withLock { $0 = thread }
        } catch {
            opened.close()
            throw ArchiveError(error, path: path)
        }
    }

    /// Queues a delivery. Never blocks, so event loops can call it.
    ///
    /// - Returns: false if the delivery was dropped, because the buffer is full or the writer is closed.
    package func add(_ delivery: QuarantinedDelivery) -> Bool {
        let isAccepted = state.withLock { !$0.isStopping && $0.buffer.add(delivery) }
        if isAccepted { arrival.signal() }
        return isAccepted
    }

    /// Deletes one delivery or, if `id` is nil, all deliveries added so far. Blocks like `perform`.
    ///
    /// - Returns: the number of deleted deliveries.
    package func delete(_ id: QuarantineID?) throws(ArchiveError) -> Int {
        let count = Mutex(0)
        try perform { db in
            let deleted = try QuarantineTable.delete(id, db)
            if deleted > 0 { try QuarantineTable.vacuum(db) }
            count.withLock { $0 = deleted }
        }
        return count.withLock { $0 }
    }

    /// Deletes deliveries that are older than the limit. Blocks like `perform`.
    package func age(now: Timestamp) throws(ArchiveError) {
        let limits = limits
        try perform { db in
            try QuarantineTable.age(limits, now: now, db)
            try QuarantineTable.vacuum(db)
        }
    }

    /// Stores the waiting deliveries, makes a checkpoint, closes the file and joins the thread. Later deliveries are
    /// dropped. Blocks.
    package func close() {
        state.withLock { $0.isStopping = true }
        arrival.signal()
        thread.withLock { $0?.join() }
    }

    /// Runs work on the writer's thread, after all deliveries added so far. Blocks, so it must not run on event loops
    /// or the cooperative pool.
    func perform(_ work: @escaping @Sendable (Database) throws -> Void) throws(ArchiveError) {
        let result = BlockingResult<Void, ArchiveError>()
        let job = Job(work: work, finish: result.finish)
        let isAccepted = state.withLock { state in
            if !state.isStopping { state.jobs.append(job) }
            return !state.isStopping
        }
        guard isAccepted else { throw .closed }
        arrival.signal()
        try result.wait()
    }

    private func run(_ file: inout QuarantineFile) {
        while true {
            let (deliveries, jobs, isStopping) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.buffer.takeAll(), state.jobs, state.isStopping)
            }
            if deliveries.isEmpty && jobs.isEmpty {
                if isStopping { break }
                arrival.wait()
                continue
            }
            write(deliveries, to: &file)
            for job in jobs { run(job, on: &file) }
        }
        file.close()
    }

    private func write(_ deliveries: [QuarantinedDelivery], to file: inout QuarantineFile) {
        guard !deliveries.isEmpty else { return }
        var ids: [QuarantineID] = []
        do throws(ArchiveError) {
            let limits = limits
            try file.run { ids = try QuarantineTable.append(deliveries, limits, $0) }
        } catch {
            failureSink(error)
        }
        for (index, delivery) in deliveries.enumerated() { observe(delivery, index < ids.count ? ids[index] : nil) }
        let byteCount = deliveries.reduce(0) { $0 + QuarantineBuffer.byteCount(of: $1) }
        state.withLock { $0.buffer.release(count: deliveries.count, byteCount: byteCount) }
    }

    private func run(_ job: Job, on file: inout QuarantineFile) {
        do throws(ArchiveError) {
            try file.run(job.work)
            job.finish(.success(()))
        } catch {
            job.finish(.failure(error))
        }
    }
}
