import ArchiveTestKit
import Deliveries
import Journal
import TestKit
import Testing

@Suite(.offPool) struct ConcurrentCommitTests {
    @Test("2,000 concurrent deliveries are each stored and acknowledged exactly once")
    func everyDeliveryOnce() async throws {
        let count = 2000
        try await TestArchive.withWriter { writer in
            let responseCounts = Pending([Int](repeating: 0, count: count))
            let positions = await withTaskGroup(of: (Int, Int64?).self) { group in
                for index in 0..<count {
                    group.addTask {
                        let outcome = await withCheckedContinuation { continuation in
                            writer.commit(.fixture(body: .raw("delivery \(index)"))) { outcome in
                                // A second response would be counted, and resuming the continuation again would trap.
                                responseCounts.change { $0[index] += 1 }
                                continuation.resume(returning: outcome)
                            }
                        }
                        return (index, outcome.id)
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(responseCounts.value == [Int](repeating: 1, count: count))
            #expect(Set(positions.values) == Set(1...Int64(count)))
            let reader = try writer.reader()
            for (index, position) in positions {
                #expect(try reader.delivery(position)?.request.body == Array("delivery \(index)".utf8))
            }
            #expect(try reader.verify().deliveryCount == count)
        }
    }
}
