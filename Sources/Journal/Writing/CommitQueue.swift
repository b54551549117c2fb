internal import Deliveries
internal import DequeModule
internal import Foundation
internal import GRDB
internal import Synchronization

/// Work that waits for the writer, within bounds.
///
/// ```
/// event loops ─ commit ─▶ commits ─┐
///                                  ├─▶ writer thread: commits first, then one part of a job
/// maintenance ─ job ───▶ jobs ────┘
/// ```
/// The semaphore is raised when work arrives at an empty queue; the writer empties the queue before it waits again.
///
/// While deliveries share commits, the writer gathers them: a commit begins no sooner than `gatherLimit` after the one before, because
/// each costs a sync and writes the journal's last pages again. A delivery that comes alone is committed at once.
final class CommitQueue: Sendable {
    /// A delivery that somebody waits for.
    struct Commit: Sendable {
        let delivery: EncodedDelivery
        let finish: @Sendable (CommitOutcome<Receipt>) -> Void
        let enqueuedAt: ContinuousClock.Instant

        init(
            delivery: EncodedDelivery, enqueuedAt: ContinuousClock.Instant = .now,
            finish: @escaping @Sendable (CommitOutcome<Receipt>) -> Void
        ) {
            self.delivery = delivery
            self.enqueuedAt = enqueuedAt
            self.finish = finish
        }

        /// Memory that the delivery takes while it waits, about.
        var byteCount: Int {
            512 + delivery.body.storedBytes.count + delivery.head.storedBytes.count
        }

        var load: Int {
            Pressure.load(ofByteCount: byteCount)
        }
    }

    /// What the writer does next.
    enum Work: Sendable {
        case commits([Commit])
        case job(WriterJob)
        case stop
    }

    private struct State {
        var commits: Deque<Commit> = []
        var byteCount = 0
        /// What `Pressure` counts of the waiting deliveries.
        var load = 0
        var jobs: Deque<WriterJob> = []
        /// Batches of commits since the last job, so that a job is never starved.
        var batchesBeforeJob = 0
        /// Until when deliveries are gathered: set after a batch of several.
        var gatheringEnd: ContinuousClock.Instant?
        var isStopping = false
    }

    /// Deliveries that may wait; the next one is rejected.
    static let commitCountLimit = 8192
    /// Bytes that may wait. One delivery is always let in, however large.
    static let byteCountLimit = 128 * 1024 * 1024
    /// How long the oldest may have waited: a provider gives up after some ten seconds, and what a stuck disk cannot take now
    /// it had better send again.
    static let waitLimit: Duration = .seconds(5)
    /// Deliveries written in one transaction.
    static let batchCountLimit = 512
    /// Bytes written in one transaction, but for a single larger delivery.
    static let batchByteCountLimit = 16 * 1024 * 1024
    /// From the start of a commit of several to the next one's (docs/decisions/0013-commit-path.md).
    static let gatherLimit: Duration = .microseconds(500)
    /// Batches of commits that go before a waiting job, at most.
    static let batchesBeforeJobLimit = 4

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)
    /// Whether a delivery waits, to be looked at between the rows of a job.
    private let commitWaits = Atomic(false)
    private let pressure = Mutex(Pressure())
    /// Whether the load is high, as it was at the last batch.
    private let isBusyFlag = Atomic(false)

    /// Lets a delivery in, or says why not.
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

    /// Lets a job in; false when the writer is stopping.
    func enqueue(_ job: WriterJob) -> Bool {
        let isAccepted = state.withLock { state in
            guard !state.isStopping else { return false }
            state.jobs.append(job)
            return true
        }
        if isAccepted { arrival.signal() }
        return isAccepted
    }

    /// Puts a job that is not done yet back to where it was: the next one waits for its end.
    func putBack(_ job: WriterJob) {
        state.withLock { $0.jobs.prepend(job) }
    }

    /// Lets nothing more in; what is waiting is still done.
    func stop() {
        state.withLock { $0.isStopping = true }
        arrival.signal()
    }

    var waiting: (count: Int, byteCount: Int) {
        state.withLock { ($0.commits.count, $0.byteCount) }
    }

    /// Whether a job had better end the part it is at.
    var hasWaitingCommits: Bool {
        commitWaits.load(ordering: .relaxed)
    }

    /// Whether 500 small deliveries a second, or fewer large ones, arrived when the last batch was taken. Takes no lock.
    var wasBusy: Bool {
        isBusyFlag.load(ordering: .relaxed)
    }

    /// Whether 500 small deliveries a second, or fewer large ones, arrive now.
    var isBusy: Bool {
        pressure.withLock { $0.isBusy(at: .now) }
    }

    /// Whether deliveries arrive faster than each could be committed alone.
    var isUnderPressure: Bool {
        pressure.withLock { $0.isHigh(at: .now) }
    }

    private enum Step {
        case work(Work)
        case gather(Duration)
        case wait
    }

    /// What to do now; waits while there is nothing.
    func next() -> Work {
        var isNoted = false
        while true {
            let step = state.withLock { state -> Step in
                let jobIsDue = !state.jobs.isEmpty && state.batchesBeforeJob >= Self.batchesBeforeJobLimit
                if !state.commits.isEmpty && !jobIsDue {
                    // As many as came during the last commit; those that are gathered after it say nothing about the pressure.
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
