internal import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// Work that waits for the writer, within bounds.
///
/// ```
/// event loops ─ commit ─▶ commits ─┐
///                                  ├─▶ writer thread: commits first, then one job
/// projector, CLI ─ job ─▶ jobs ────┘
/// ```
/// The semaphore is raised when work arrives at an empty queue; the writer empties the queue before it waits again.
final class CommitQueue: Sendable {
    /// A delivery that somebody waits for.
    struct Commit: Sendable {
        let delivery: SealedDelivery
        let finish: @Sendable (CommitOutcome<Receipt>) -> Void

        /// What the delivery takes while it waits, about.
        var byteCount: Int {
            delivery.body.storedBytes.count + delivery.target.utf8.count
                + delivery.headers.fields.reduce(512) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        }
    }

    /// Other work on the writing connection; nil where the connection could not be opened.
    typealias Job = @Sendable (Database?) -> Void

    /// What the writer does next.
    enum Work: Sendable {
        case commits([Commit])
        case job(Job)
        case stop
    }

    private struct State {
        var commits: [Commit] = []
        var byteCount = 0
        var jobs: [Job] = []
        /// Batches of commits since the last job, so that a job is never starved.
        var batchesBeforeJob = 0
        var isStopping = false
    }

    /// Deliveries that may wait; the next one is refused.
    static let commitCountLimit = 8192
    /// Bytes that may wait. One delivery is always let in, however large.
    static let byteCountLimit = 128 * 1024 * 1024
    /// Deliveries written in one transaction.
    static let batchCountLimit = 512
    /// Bytes written in one transaction, but for a single larger delivery.
    static let batchByteCountLimit = 16 * 1024 * 1024
    /// Batches of commits that go before a waiting job, at most.
    static let batchesBeforeJobLimit = 16

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)

    /// Lets a delivery in, or says why not.
    func enqueue(_ commit: Commit) -> CommitRefusal? {
        let byteCount = commit.byteCount
        let refusal: CommitRefusal? = state.withLock { state in
            if state.isStopping { return .shuttingDown }
            let isFull =
                state.commits.count >= Self.commitCountLimit
                || state.byteCount + byteCount > Self.byteCountLimit && !state.commits.isEmpty
            if isFull { return .queueFull }
            state.commits.append(commit)
            state.byteCount += byteCount
            return nil
        }
        if refusal == nil { arrival.signal() }
        return refusal
    }

    /// Lets a job in; false when the writer is stopping.
    func enqueue(_ job: @escaping Job) -> Bool {
        let isAccepted = state.withLock { state in
            guard !state.isStopping else { return false }
            state.jobs.append(job)
            return true
        }
        if isAccepted { arrival.signal() }
        return isAccepted
    }

    /// Lets nothing more in; what is waiting is still done.
    func stop() {
        state.withLock { $0.isStopping = true }
        arrival.signal()
    }

    /// What to do now; waits while there is nothing.
    func next() -> Work {
        while true {
            let work: Work? = state.withLock { state in
                let jobIsDue = !state.jobs.isEmpty && state.batchesBeforeJob >= Self.batchesBeforeJobLimit
                if !state.commits.isEmpty && !jobIsDue {
                    state.batchesBeforeJob += state.jobs.isEmpty ? 0 : 1
                    return .commits(Self.takeBatch(&state))
                }
                state.batchesBeforeJob = 0
                if !state.jobs.isEmpty { return .job(state.jobs.removeFirst()) }
                return state.isStopping ? .stop : nil
            }
            if let work { return work }
            arrival.wait()
        }
    }

    private static func takeBatch(_ state: inout State) -> [Commit] {
        var count = 0
        var byteCount = 0
        for commit in state.commits.prefix(batchCountLimit) {
            let next = byteCount + commit.byteCount
            if count > 0 && next > batchByteCountLimit { break }
            count += 1
            byteCount = next
        }
        let batch = Array(state.commits.prefix(count))
        state.commits.removeFirst(count)
        state.byteCount -= byteCount
        return batch
    }
}
