internal import Deliveries
internal import DequeModule
internal import Foundation
internal import Journal
internal import Synchronization

/// The bounded queue of entries that wait for a lane. Each lane takes as many submissions as fit in one batch.
///
/// While no lane is connected, submissions are rejected at once, because a provider retries sooner after a rejection
/// than after a time-out.
///
/// `@unchecked Sendable`: `condition` guards `state`.
final class SubmissionQueue: @unchecked Sendable {
    private struct State {
        var waiting: Deque<Submission> = []
        var byteCount = 0
        /// The load of all submissions that wait or are being committed; see `Pressure`.
        var load = 0
        var pressure = Pressure()
        var connectedCount = 0
        var hasConnected = false
        var isStopping = false
        var isFenced = false
    }

    static let countLimit = 8192
    static let byteCountLimit = 128 * 1024 * 1024
    /// The maximum wait of the oldest submission. Providers give up after about ten seconds.
    static let waitLimit: Duration = .seconds(5)
    static let batchCountLimit = 512
    static let batchByteCountLimit = 16 * 1024 * 1024

    /// Only threads in `next` wait for this condition, so each signal wakes a thread that takes work.
    private let condition = NSCondition()
    private let stopFlag = StopFlag()
    private var state = State()
    /// False if the last check by a lane found that commits do not reach the level.
    let isLevelMet = Atomic(true)

    private func withLock<Value>(_ body: (inout State) -> Value) -> Value {
        condition.lock()
        defer { condition.unlock() }
        return body(&state)
    }

    /// Adds a submission to the queue, unless it is rejected.
    ///
    /// - Returns: nil if the submission was accepted.
    func enqueue(_ submission: Submission) -> CommitRejection? {
        let byteCount = submission.byteCount
        return withLock { state in
            if state.isStopping { return .shuttingDown }
            guard state.connectedCount > 0 else { return .storageFailed }
            if let oldest = state.waiting.first,
                state.waiting.count >= Self.countLimit || state.byteCount + byteCount > Self.byteCountLimit
                    || oldest.enqueuedAt.duration(to: submission.enqueuedAt) > Self.waitLimit
            {
                return .queueFull
            }
            state.waiting.append(submission)
            state.byteCount += byteCount
            state.load += submission.load
            // Wakes only one lane, because one lane takes all waiting submissions that fit in a batch.
            condition.signal()
            return nil
        }
    }

    /// Waits until the queue has stopped and returns true, or returns false after a number of seconds.
    func waitForStop(_ seconds: TimeInterval) -> Bool {
        stopFlag.wait(seconds)
        return stopFlag.isSet
    }

    /// Waits for the next batch. Blocks.
    ///
    /// - Returns: an empty batch after `idleLimit` seconds without work; nil if the queue has stopped and is empty.
    func next(idleLimit: TimeInterval = 60) -> [Submission]? {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: idleLimit)
        while state.waiting.isEmpty, !state.isStopping, condition.wait(until: deadline) {}
        if state.waiting.isEmpty { return state.isStopping ? nil : [] }
        state.pressure.note(state.load, at: .now)
        var batch: [Submission] = []
        var (entryCount, byteCount) = (0, 0)
        while let submission = state.waiting.first {
            let size = submission.byteCount
            let isFull =
                entryCount + submission.entries.count > Self.batchCountLimit
                || byteCount + size > Self.batchByteCountLimit
            if !batch.isEmpty, isFull { break }
            batch.append(submission)
            entryCount += submission.entries.count
            byteCount += size
            state.waiting.removeFirst()
            state.byteCount -= size
        }
        return batch
    }

    /// Called when the outcome of a batch is known.
    func noteFinished(_ batch: [Submission]) {
        withLock { $0.load -= batch.reduce(0) { $0 + $1.load } }
    }

    /// True if deliveries arrive faster than they could be committed one by one.
    func isUnderPressure(at now: ContinuousClock.Instant = .now) -> Bool {
        withLock { $0.pressure.isHigh(at: now) }
    }

    func noteConnected(_ change: Int) {
        let left: Deque<Submission> = withLock { state in
            state.connectedCount += change
            if change > 0 { state.hasConnected = true }
            guard state.connectedCount == 0 else { return [] }
            defer { (state.waiting, state.byteCount) = ([], 0) }
            state.load -= state.waiting.reduce(0) { $0 + $1.load }
            return state.waiting
        }
        for submission in left { submission.finish(.rejected(.storageFailed)) }
    }

    /// Rejects new submissions. Waiting submissions are still committed.
    func stop() {
        withLock { $0.isStopping = true }
        stopFlag.set()
        condition.broadcast()
    }

    /// Stops the queue and rejects waiting submissions.
    func fence() {
        withLock { state in
            state.isFenced = true
            state.isStopping = true
            state.connectedCount = 0
        }
        noteConnected(0)
        stopFlag.set()
        condition.broadcast()
    }

    var isFenced: Bool { withLock { $0.isFenced } }
    /// True after a lane connected, until the queue is fenced.
    var isClaimed: Bool { withLock { $0.hasConnected && !$0.isFenced } }
    var connectedCount: Int { withLock { $0.connectedCount } }
    var waiting: (count: Int, byteCount: Int) { withLock { ($0.waiting.count, $0.byteCount) } }
}
