import ArchiveTestKit
import Deliveries
import Synchronization
import TestKit
import Testing

@testable import Journal

@Suite struct CommitQueueTests {
    private static func commit(bodyByteCount: Int = 0) -> CommitQueue.Commit {
        let body = EncodedBody(
            encoding: .raw, storedBytes: [UInt8](repeating: 0, count: bodyByteCount), byteCount: bodyByteCount,
            sha256: [])
        return CommitQueue.Commit(delivery: .fixture(body: body)) { _ in }
    }

    private static let job = WriterJob(part: { _, _, _ in true }, finish: { _ in })

    /// The size of the batch that comes next; nil where something else does.
    private static func nextBatchCount(_ queue: CommitQueue) -> Int? {
        guard case .commits(let batch) = queue.next() else { return nil }
        return batch.count
    }

    private static func nextIsJob(_ queue: CommitQueue) -> Bool {
        guard case .job = queue.next() else { return false }
        return true
    }

    private static func nextIsStop(_ queue: CommitQueue) -> Bool {
        guard case .stop = queue.next() else { return false }
        return true
    }

    @Test("what waits is handed out in the order it came, in batches of at most 512")
    func batches() {
        let queue = CommitQueue()
        for number in 0..<600 {
            let commit = CommitQueue.Commit(delivery: .fixture(target: "/\(number)")) { _ in }
            #expect(queue.enqueue(commit) == nil)
        }
        queue.stop()
        guard case .commits(let first) = queue.next(), case .commits(let second) = queue.next() else {
            Issue.record("there are two batches")
            return
        }
        #expect(first.map(\.delivery.targetText) == (0..<512).map { "/\($0)" })
        #expect(second.map(\.delivery.targetText) == (512..<600).map { "/\($0)" })
    }

    @Test("after a batch of several the next one begins no sooner than the gathering time")
    func gathering() {
        let queue = CommitQueue()
        let start = ContinuousClock.now
        for _ in 0..<2 { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(Self.nextBatchCount(queue) == 2)
        #expect(queue.enqueue(Self.commit()) == nil)
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(ContinuousClock.now - start >= CommitQueue.gatherLimit)
    }

    @Test("a batch holds at most 16 MiB, but for a single larger delivery")
    func batchByteCount() {
        let queue = CommitQueue()
        let mebibyte = 1024 * 1024
        for byteCount in [9 * mebibyte, 6 * mebibyte, 2 * mebibyte, 40 * mebibyte, 1] {
            #expect(queue.enqueue(Self.commit(bodyByteCount: byteCount)) == nil)
        }
        queue.stop()
        #expect((1...4).map { _ in Self.nextBatchCount(queue) } == [2, 1, 1, 1])
    }

    @Test("the delivery after 8,192 waiting ones is rejected, and there is room again once some are taken")
    func countLimit() {
        let queue = CommitQueue()
        for _ in 0..<8192 { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(queue.enqueue(Self.commit()) == .queueFull)
        #expect(Self.nextBatchCount(queue) == 512)
        for _ in 0..<512 { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(queue.enqueue(Self.commit()) == .queueFull)
    }

    @Test("deliveries beyond 128 MiB are rejected until some are taken; smaller ones still find room")
    func byteCountLimit() {
        let queue = CommitQueue()
        let half = CommitQueue.byteCountLimit / 2
        #expect(queue.enqueue(Self.commit(bodyByteCount: half)) == nil)
        #expect(queue.enqueue(Self.commit(bodyByteCount: half)) == .queueFull)
        #expect(queue.enqueue(Self.commit(bodyByteCount: half - 10_000)) == nil)
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(queue.enqueue(Self.commit(bodyByteCount: half)) == nil)
    }

    @Test("a delivery larger than the limit is let in while nothing else waits")
    func oneLargeDelivery() {
        let queue = CommitQueue()
        let large = Self.commit(bodyByteCount: CommitQueue.byteCountLimit + 1)
        #expect(queue.enqueue(large) == nil)
        #expect(queue.enqueue(Self.commit()) == .queueFull)
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(queue.enqueue(large) == nil)
    }

    @Test("a job waits for the deliveries that are there, but for no more than four batches")
    func jobIsNotStarved() {
        let queue = CommitQueue()
        for _ in 0..<(18 * 512 - 1024) { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(queue.enqueue(Self.job))
        var batchCount = 0
        while batchCount < 100, Self.nextBatchCount(queue) != nil {
            batchCount += 1
            for _ in 0..<512 { #expect(queue.enqueue(Self.commit()) == nil) }
        }
        #expect(batchCount == 4)
    }

    @Test("a job runs at once where no delivery waits, and jobs run in their order")
    func jobs() {
        let queue = CommitQueue()
        #expect(queue.enqueue(Self.job))
        #expect(Self.nextIsJob(queue))
        #expect(queue.enqueue(Self.commit()) == nil)
        #expect(queue.enqueue(Self.job))
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(Self.nextIsJob(queue))
    }

    @Test("a stopped queue hands out what waits, takes nothing more and then says stop")
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

    @Test("a delivery that comes when the oldest has waited for five seconds is rejected")
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

    @Test("the queue tells whether a delivery waits")
    func waitingCommits() {
        let queue = CommitQueue()
        #expect(!queue.hasWaitingCommits)
        for _ in 0..<513 { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(queue.hasWaitingCommits)
        #expect(Self.nextBatchCount(queue) == 512)
        #expect(queue.hasWaitingCommits)
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(!queue.hasWaitingCommits)
        #expect(queue.enqueue(Self.job))
        #expect(!queue.hasWaitingCommits)
    }

    @Test("deliveries that come in a burst put the writer under pressure, one at a time they do not")
    func pressure() {
        let queue = CommitQueue()
        for _ in 0..<100 {
            #expect(queue.enqueue(Self.commit()) == nil)
            #expect(Self.nextBatchCount(queue) == 1)
        }
        #expect(!queue.isUnderPressure)
        for _ in 0..<512 { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(Self.nextBatchCount(queue) == 512)
        #expect(queue.isUnderPressure)
        for _ in 0..<100 {
            #expect(queue.enqueue(Self.commit()) == nil)
            #expect(Self.nextBatchCount(queue) == 1)
        }
        #expect(!queue.isUnderPressure)
    }

    @Test("a job that is put back is the next one")
    func putBack() {
        let queue = CommitQueue()
        let names = Mutex<[String]>([])
        for name in ["a", "b"] {
            let job = WriterJob(part: { _, _, _ in true }, finish: { _ in names.withLock { $0.append(name) } })
            #expect(queue.enqueue(job))
        }
        for isPutBack in [true, false, false] {
            guard case .job(let job) = queue.next() else {
                Issue.record("there is a job")
                return
            }
            job.finish(nil)
            if isPutBack { queue.putBack(job) }
        }
        #expect(names.withLock { $0 } == ["a", "a", "b"])
    }
}
