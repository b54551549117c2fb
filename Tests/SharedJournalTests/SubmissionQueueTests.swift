import ArchiveTestKit
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

@testable import SharedJournal

@Suite("The queue in front of the lanes", .offPool)
struct SubmissionQueueTests {
    private func submission(
        _ finish: @escaping @Sendable (Submission.Outcome) -> Void = { _ in }
    ) throws -> Submission {
        Submission([try #require(PortableEntry(.delivery(.fixture()), at: .fixture))], finish: finish)
    }

    @Test("every submission is taken exactly once, by any number of waiting threads")
    func signals() throws {
        let queue = SubmissionQueue()
        defer { queue.stop() }
        queue.noteConnected(1)
        let count = Pending(0)
        let ended = Pending(0)
        for _ in 0..<4 {
            Thread.detachNewThread {
                while let batch = queue.next() {
                    for submission in batch { submission.finish(.durable) }
                    queue.noteFinished(batch)
                }
                ended.change { $0 += 1 }
            }
        }
        for _ in 0..<500 {
            #expect(try queue.enqueue(submission { _ in count.change { $0 += 1 } }) == nil)
        }
        try count.wait(for: "500 submissions") { $0 == 500 ? true : nil }
        queue.stop()
        try ended.wait(for: "the threads") { $0 == 4 ? true : nil }
        #expect(try queue.enqueue(submission()) == .shuttingDown)
    }

    @Test("a lane that waits to reconnect does not consume the wake-up of another lane, and stops with the queue")
    func reconnecting() throws {
        let queue = SubmissionQueue()
        defer { queue.stop() }
        #expect(!queue.waitForStop(0.001))
        queue.noteConnected(1)
        let isTaken = Pending<Bool>.event()
        let hasStopped = Pending<Bool>.event()
        Thread.detachNewThread { if queue.waitForStop(60) { hasStopped.happen() } }
        Thread.detachNewThread { if queue.next() != nil { isTaken.happen() } }
        #expect(try queue.enqueue(submission()) == nil)
        try isTaken.wait()
        queue.stop()
        try hasStopped.wait()
    }

    @Test("many deliveries in progress cause pressure, even in small batches, until the deliveries are finished")
    func pressure() throws {
        let queue = SubmissionQueue()
        queue.noteConnected(1)
        let start = ContinuousClock.now
        #expect(!queue.isUnderPressure(at: start))
        // Each batch is small, but 200 deliveries are in progress.
        var batches: [[Submission]] = []
        for _ in 0..<200 {
            _ = try queue.enqueue(submission())
            batches.append(try #require(queue.next()))
        }
        #expect(queue.isUnderPressure(at: start))
        for batch in batches { queue.noteFinished(batch) }
        for _ in 0..<128 {
            _ = try queue.enqueue(submission())
            queue.noteFinished(try #require(queue.next()))
        }
        #expect(!queue.isUnderPressure(at: start))
    }
}
