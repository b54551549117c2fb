import ArchiveTestKit
import Deliveries
import Synchronization
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct CommitQueueTests {
    private static func commit(bodyByteCount: Int = 0) -> CommitQueue.Commit {
        let body = EncodedBody(
            encoding: .raw, storedBytes: [UInt8](repeating: 0, count: bodyByteCount), byteCount: bodyByteCount,
            sha256: [])
        return CommitQueue.Commit(delivery: .fixture(body: body)) { _ in }
    }

    private static let job = WriterJob(part: { _, _, _ in true }, finish: { _ in })

    /// The size of the next batch; nil if the next work is not a batch.
    private static func nextBatchCount(_ queue: CommitQueue) -> Int? {
        guard case .commits(let batch) = queue.next() else { return nil }
        return batch.count
    }

    private static func nextIsJob(_ queue: CommitQueue) -> Bool {
        if case .job = queue.next() { true } else { false }
    }

    private static func nextIsStop(_ queue: CommitQueue) -> Bool {
        if case .stop = queue.next() { true } else { false }
    }

    private static func enqueue(_ count: Int, in queue: CommitQueue) {
        for _ in 0..<count { #expect(queue.enqueue(commit()) == nil) }
    }

    @Test("deliveries leave the queue in order, in batches of at most 512")
    func batches() {
        let queue = CommitQueue()
        for number in 0..<600 {
            let commit = CommitQueue.Commit(delivery: .fixture(target: "/\(number)")) { _ in }
            #expect(queue.enqueue(commit) == nil)
        }
        queue.stop()
        guard case .commits(let first) = queue.next(), case .commits(let second) = queue.next() else {
            Issue.record("expected two batches")
            return
        }
        #expect(first.map(\.delivery.targetText) == (0..<512).map { "/\($0)" })
        #expect(second.map(\.delivery.targetText) == (512..<600).map { "/\($0)" })
    }

    @Test("after a batch of several deliveries, the next batch waits for the gathering time")
    func gathering() {
        let queue = CommitQueue()
        let start = ContinuousClock.now
        Self.enqueue(2, in: queue)
        #expect(Self.nextBatchCount(queue) == 2)
        #expect(queue.enqueue(Self.commit()) == nil)
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(ContinuousClock.now - start >= CommitQueue.gatherLimit)
    }

    @Test("a batch has at most 16 MiB, or consists of a single larger delivery")
    func batchByteCount() {
        let queue = CommitQueue()
        let mebibyte = 1024 * 1024
        for byteCount in [9 * mebibyte, 6 * mebibyte, 2 * mebibyte, 40 * mebibyte, 1] {
            #expect(queue.enqueue(Self.commit(bodyByteCount: byteCount)) == nil)
        }
        queue.stop()
        #expect((1...4).map { _ in Self.nextBatchCount(queue) } == [2, 1, 1, 1])
    }

    @Test("at most 8,192 deliveries wait, and further deliveries are rejected until a batch is taken")
    func countLimit() {
        let queue = CommitQueue()
        Self.enqueue(8192, in: queue)
        #expect(queue.enqueue(Self.commit()) == .queueFull)
        #expect(Self.nextBatchCount(queue) == 512)
        Self.enqueue(512, in: queue)
        #expect(queue.enqueue(Self.commit()) == .queueFull)
    }

    @Test("at most 128 MiB of deliveries wait, and deliveries over this limit are rejected until a batch is taken")
    func byteCountLimit() {
        let queue = CommitQueue()
        let half = CommitQueue.byteCountLimit / 2
        #expect(queue.enqueue(Self.commit(bodyByteCount: half)) == nil)
        #expect(queue.enqueue(Self.commit(bodyByteCount: half)) == .queueFull)
        #expect(queue.enqueue(Self.commit(bodyByteCount: half - 10_000)) == nil)
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(queue.enqueue(Self.commit(bodyByteCount: half)) == nil)
    }

    @Test("an empty queue accepts a delivery beyond the limit")
    func oneLargeDelivery() {
        let queue = CommitQueue()
        for _ in 0..<2 {
            #expect(queue.enqueue(Self.commit(bodyByteCount: CommitQueue.byteCountLimit + 1)) == nil)
            #expect(queue.enqueue(Self.commit()) == .queueFull)
            #expect(Self.nextBatchCount(queue) == 1)
        }
    }

    @Test("a job waits for at most four batches of deliveries")
    func jobIsNotStarved() {
        let queue = CommitQueue()
        Self.enqueue(18 * 512 - 1024, in: queue)
        #expect(queue.enqueue(Self.job))
        var batchCount = 0
        while batchCount < 100, Self.nextBatchCount(queue) != nil {
            batchCount += 1
            Self.enqueue(512, in: queue)
        }
        #expect(batchCount == 4)
    }

    @Test("a job runs at once if no delivery waits, and jobs run in order")
    func jobs() {
        let queue = CommitQueue()
        #expect(queue.enqueue(Self.job))
        #expect(Self.nextIsJob(queue))
        #expect(queue.enqueue(Self.commit()) == nil)
        #expect(queue.enqueue(Self.job))
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(Self.nextIsJob(queue))
    }

    @Test("a stopped queue returns the waiting work, rejects new work and then returns 'stop'")
    func stopping() {
        let queue = CommitQueue()
        #expect(queue.enqueue(Self.commit()) == nil)
        #expect(queue.enqueue(Self.job))
        queue.stop()
        #expect(queue.enqueue(Self.commit()) == .shuttingDown)
        #expect(!queue.enqueue(Self.job))
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(Self.nextIsJob(queue))
        #expect(Self.nextIsStop(queue))
        #expect(Self.nextIsStop(queue))
    }

    @Test("a delivery is rejected if the oldest delivery in the queue has waited for five seconds")
    func waitLimit() {
        let queue = CommitQueue()
        let longAgo = ContinuousClock.now - CommitQueue.waitLimit - .milliseconds(10)
        let waiting = CommitQueue.Commit(delivery: .fixture(), enqueuedAt: longAgo) { _ in }
        #expect(queue.enqueue(waiting) == nil)
        #expect(queue.enqueue(Self.commit()) == .queueFull)
        #expect(Self.nextBatchCount(queue) == 1)
        let recent = CommitQueue.Commit(
            delivery: .fixture(), enqueuedAt: .now - CommitQueue.waitLimit + .seconds(2)
        ) { _ in }
        #expect(queue.enqueue(recent) == nil)
        #expect(queue.enqueue(Self.commit()) == nil)
        #expect(Self.nextBatchCount(queue) == 2)
    }

    @Test("the queue reports whether a delivery waits")
    func waitingCommits() {
        let queue = CommitQueue()
        #expect(!queue.hasWaitingCommits)
        Self.enqueue(513, in: queue)
        #expect(queue.hasWaitingCommits)
        #expect(Self.nextBatchCount(queue) == 512)
        #expect(queue.hasWaitingCommits)
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(!queue.hasWaitingCommits)
        #expect(queue.enqueue(Self.job))
        #expect(!queue.hasWaitingCommits)
    }

    @Test("a burst of deliveries causes pressure, but single deliveries do not")
    func pressure() {
        let queue = CommitQueue()
        for _ in 0..<100 {
            #expect(queue.enqueue(Self.commit()) == nil)
            #expect(Self.nextBatchCount(queue) == 1)
        }
        #expect(!queue.isUnderPressure)
        // Tries again, because this thread may be interrupted until the pressure has ended.
        for _ in 0..<20 where !queue.isUnderPressure {
            Self.enqueue(512, in: queue)
            #expect(Self.nextBatchCount(queue) == 512)
        }
        #expect(queue.isUnderPressure)
        for _ in 0..<100 {
            #expect(queue.enqueue(Self.commit()) == nil)
            #expect(Self.nextBatchCount(queue) == 1)
        }
        #expect(!queue.isUnderPressure)
    }

    @Test("a job that is put back is the next job")
    func putBack() {
        let queue = CommitQueue()
        let names = Mutex("")
        for name in ["a", "b"] {
            #expect(queue.enqueue(WriterJob(part: { _, _, _ in true }) { _ in names.withLock { $0 += name } }))
        }
        for isPutBack in [true, false, false] {
            if case .job(let job) = queue.next() {
                job.finish(nil)
                if isPutBack { queue.putBack(job) }
            }
        }
        #expect(names.withLock { $0 } == "aab")
    }
}
