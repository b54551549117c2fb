internal import Deliveries
internal import DequeModule
internal import Foundation
internal import GRDB
internal import Synchronization

/// The bounded queue of work for the writer.
///
/// ```
/// event loops ─ commit ─▶ commits ─┐
///                                  ├─▶ writer thread: commits first, then one part of a job
/// maintenance ─ job ───▶ jobs ────┘
/// ```
/// A job, or a delivery that arrives when no other delivery waits, signals the semaphore. The writer empties the queue
/// before it waits again.
///
/// The writer commits a lone delivery at once. After a commit of several deliveries, the writer gathers deliveries for
/// the next commit. That commit starts no earlier than `gatherLimit` after the start of the previous commit, because
/// each commit costs a sync and writes the journal's last pages again.
final class CommitQueue: Sendable {
    struct Commit: Sendable {
        let delivery: EncodedDelivery
        var enqueuedAt = ContinuousClock.now
        let finish: @Sendable (CommitOutcome<Receipt>) -> Void

        /// The approximate memory of the waiting delivery, in bytes.
        var byteCount: Int { 512 + delivery.body.storedBytes.count + delivery.head.storedBytes.count }

        var load: Int { Pressure.load(ofByteCount: byteCount) }
    }

    enum Work: Sendable {
        case commits([Commit])
        case job(WriterJob)
        case stop
    }

    private struct State {
        var commits: Deque<Commit> = []
        var byteCount = 0
        /// The total load of the waiting deliveries; see `Pressure`.
        var load = 0
        var jobs: Deque<WriterJob> = []
        /// The number of commit batches since the last job. Limited, so jobs do not starve.
        var batchesBeforeJob = 0
        /// The time at which gathering ends. Set after a batch of several deliveries.
        var gatheringEnd: ContinuousClock.Instant?
        var isStopping = false
    }

    /// The maximum number of waiting deliveries. Further deliveries are rejected.
    static let commitCountLimit = 8192
    /// The maximum bytes of waiting deliveries. An empty queue accepts a delivery of any size.
    static let byteCountLimit = 128 * 1024 * 1024
    /// The maximum wait of the oldest delivery. Providers give up after about ten seconds. If the disk hangs, an early
    /// rejection makes them send again.
    static let waitLimit: Duration = .seconds(5)
    /// The maximum number of deliveries in one transaction.
    static let batchCountLimit = 512
    /// The maximum bytes in one transaction, except for a single larger delivery.
    static let batchByteCountLimit = 16 * 1024 * 1024
    /// The minimum time from the start of a commit of several deliveries to the start of the next commit
    /// (docs/decisions/0013-commit-path.md).
    static let gatherLimit: Duration = .microseconds(500)
    /// The maximum number of commit batches that may precede a waiting job.
    static let batchesBeforeJobLimit = 4

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)
    /// True if a delivery waits. A job checks this value between rows.
    private let commitWaits = Atomic(false)
    private let pressure = Mutex(Pressure())
    /// The value of `isBusy` when the last batch was taken.
    private let isBusyFlag = Atomic(false)

    /// Adds a delivery to the queue.
    ///
    /// - Returns: nil if the delivery was accepted.
    func enqueue(_ commit: Commit) -> CommitRejection? {
        let byteCount = commit.byteCount
        var isFirst = false
        let rejection: CommitRejection? = state.withLock { state in
            if state.isStopping { return .shuttingDown }
            if let oldest = state.commits.first {
                let isFull =
                    state.commits.count >= Self.commitCountLimit || state.byteCount + byteCount > Self.byteCountLimit
                    || oldest.enqueuedAt.duration(to: commit.enqueuedAt) > Self.waitLimit
                if isFull { return .queueFull }
            }
            isFirst = state.commits.isEmpty
            state.commits.append(commit)
            state.byteCount += byteCount
            state.load += commit.load
            commitWaits.store(true, ordering: .relaxed)
            return nil
        }
        if isFirst { arrival.signal() }
        return rejection
    }

    /// Adds a job to the queue.
    ///
    /// - Returns: false if the writer is stopping.
    func enqueue(_ job: WriterJob) -> Bool {
        let isAccepted = state.withLock { state in
            guard !state.isStopping else { return false }
            state.jobs.append(job)
            return true
        }
        if isAccepted { arrival.signal() }
        return isAccepted
    }

    /// Puts an unfinished job back at the front, so no other job starts before it ends.
    func putBack(_ job: WriterJob) {
        state.withLock { $0.jobs.prepend(job) }
    }

    /// Rejects new work. Work that already waits is still done.
    func stop() {
        state.withLock { $0.isStopping = true }
        arrival.signal()
    }

    var waiting: (count: Int, byteCount: Int) { state.withLock { ($0.commits.count, $0.byteCount) } }

    var hasWaitingCommits: Bool { commitWaits.load(ordering: .relaxed) }

    /// The value of `isBusy` when the last batch was taken. Takes no lock.
    var wasBusy: Bool { isBusyFlag.load(ordering: .relaxed) }

    /// See `JournalWriter.isBusy`.
    var isBusy: Bool { pressure.withLock { $0.isBusy(at: .now) } }

    /// See `JournalWriter.isUnderPressure`.
    var isUnderPressure: Bool { pressure.withLock { $0.isHigh(at: .now) } }

    private enum Step {
        case work(Work)
        case gather(Duration)
        case wait
    }

    /// Waits for work and returns it. Called only on the writer's thread.
    func next() -> Work {
        var isNoted = false
        while true {
            let step = state.withLock { state -> Step in
                let jobIsDue = !state.jobs.isEmpty && state.batchesBeforeJob >= Self.batchesBeforeJobLimit
                if !state.commits.isEmpty && !jobIsDue {
                    // Counts only the deliveries that arrived during the last commit. Deliveries that arrive while the
                    // writer gathers do not indicate pressure.
                    if !isNoted { note(state.load) }
                    isNoted = true
                    let now = ContinuousClock.now
                    if let end = state.gatheringEnd, end > now, !state.isStopping {
                        return .gather(now.duration(to: end))
                    }
                    state.batchesBeforeJob += state.jobs.isEmpty ? 0 : 1
                    let batch = Self.takeBatch(&state)
                    state.gatheringEnd = batch.count > 1 ? now + Self.gatherLimit : nil
                    commitWaits.store(!state.commits.isEmpty, ordering: .relaxed)
                    return .work(.commits(batch))
                }
                state.batchesBeforeJob = 0
                if !state.jobs.isEmpty { return .work(.job(state.jobs.removeFirst())) }
                return state.isStopping ? .work(.stop) : .wait
            }
            switch step {
            case .work(let work): return work
            case .gather(let duration): Thread.sleep(forTimeInterval: duration / .seconds(1))
            case .wait: arrival.wait()
            }
        }
    }

    private func note(_ load: Int) {
        let isBusy = pressure.withLock { pressure in
            let now = ContinuousClock.now
            pressure.note(load, at: now)
            return pressure.isBusy(at: now)
        }
        isBusyFlag.store(isBusy, ordering: .relaxed)
    }

    private static func takeBatch(_ state: inout State) -> [Commit] {
        var count = 0
        var (byteCount, load) = (0, 0)
        for commit in state.commits.prefix(batchCountLimit) {
            let next = byteCount + commit.byteCount
            if count > 0 && next > batchByteCountLimit { break }
            count += 1
            byteCount = next
            load += commit.load
        }
        let batch = Array(state.commits.prefix(count))
        state.commits.removeFirst(count)
        state.byteCount -= byteCount
        state.load -= load
        return batch
    }
}
