import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct WriterQueueTests {
    @Test("closing commits the waiting deliveries in order, and later deliveries are rejected")
    func closingDrains() async throws {
        try await TestArchive.withDirectory { directory in
            let writer = try JournalWriter(directory)
            let held = try writer.hold()
            let (numbers, finished) = AsyncStream.makeStream(of: Int64?.self)
            for _ in 0..<20 { writer.commit(.fixture()) { finished.yield($0.id) } }
            held.release()
            writer.close()
            finished.finish()
            #expect(await numbers.reduce(into: []) { $0.append($1) } == Array(1...20))
            #expect(await writer.outcome(of: .fixture()).rejection == .shuttingDown)
            #expect(try JournalReader(directory.journal).verify().deliveryCount == 20)
        }
    }

    @Test("while the writer is busy, deliveries beyond the limit are rejected at once")
    func queueFull() async throws {
        try await TestArchive.withWriter { writer in
            let held = try writer.hold()
            defer { held.release() }
            for _ in 0..<CommitQueue.commitCountLimit { writer.commit(.fixture()) { _ in } }
            #expect(await writer.outcome(of: .fixture()).rejection == .queueFull)
        }
    }
}
