import Deliveries
import Testing

@testable import ReportArchive

@Suite struct CommitQueueTests {
    private static func commit(bodyByteCount: Int = 0) -> CommitQueue.Commit {
        let body = SealedBody(
            encoding: .raw, storedBytes: [UInt8](repeating: 0, count: bodyByteCount), byteCount: bodyByteCount,
            sha256: [])
        return CommitQueue.Commit(delivery: .fixture(body: body)) { _ in }
    }

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
        #expect(first.map(\.delivery.target) == (0..<512).map { "/\($0)" })
        #expect(second.map(\.delivery.target) == (512..<600).map { "/\($0)" })
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

    @Test("the delivery after 8,192 waiting ones is refused, and there is room again once some are taken")
    func countLimit() {
        let queue = CommitQueue()
        for _ in 0..<8192 { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(queue.enqueue(Self.commit()) == .queueFull)
        #expect(Self.nextBatchCount(queue) == 512)
        for _ in 0..<512 { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(queue.enqueue(Self.commit()) == .queueFull)
    }

    @Test("deliveries beyond 128 MiB are refused until some are taken; smaller ones still find room")
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

    @Test("a job waits for the deliveries that are there, but for no more than 16 batches")
    func jobIsNotStarved() {
        let queue = CommitQueue()
        for _ in 0..<(18 * 512 - 1024) { #expect(queue.enqueue(Self.commit()) == nil) }
        #expect(queue.enqueue { _ in })
        var batchCount = 0
        while batchCount < 100, Self.nextBatchCount(queue) != nil {
            batchCount += 1
            for _ in 0..<512 { #expect(queue.enqueue(Self.commit()) == nil) }
        }
        #expect(batchCount == 16)
    }

    @Test("a job runs at once where no delivery waits, and jobs run in their order")
    func jobs() {
        let queue = CommitQueue()
        #expect(queue.enqueue { _ in })
        #expect(Self.nextIsJob(queue))
        #expect(queue.enqueue(Self.commit()) == nil)
        #expect(queue.enqueue { _ in })
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(Self.nextIsJob(queue))
    }

    @Test("a stopped queue hands out what waits, takes nothing more and then says stop")
    func stopping() {
        let queue = CommitQueue()
        #expect(queue.enqueue(Self.commit()) == nil)
        #expect(queue.enqueue { _ in })
        queue.stop()
        #expect(queue.enqueue(Self.commit()) == .shuttingDown)
        #expect(!queue.enqueue { _ in })
        #expect(Self.nextBatchCount(queue) == 1)
        #expect(Self.nextIsJob(queue))
        #expect(Self.nextIsStop(queue))
        #expect(Self.nextIsStop(queue))
    }
}
