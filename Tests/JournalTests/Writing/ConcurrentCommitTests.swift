import ArchiveTestKit
import Deliveries
import Journal
import Synchronization
import TestKit
import Testing

@Suite struct ConcurrentCommitTests {
    @Test("two thousand deliveries at once are each acknowledged once, with a number of their own, and are all there")
    func everyDeliveryOnce() async throws {
        let count = 2000
        try await TestArchive.withWriter { writer in
            let responses = ResponseCounts()
            let numbers = await withTaskGroup(of: (Int, Int64?).self) { group in
                for index in 0..<count {
                    group.addTask {
                        let outcome = await withCheckedContinuation { continuation in
                            writer.commit(.fixture(body: .raw("delivery \(index)"))) { outcome in
                                // A second answer would be a second count, and would trap in the continuation.
                                responses.add(index)
                                continuation.resume(returning: outcome)
                            }
                        }
                        return (index, outcome.id)
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(responses.all == Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, 1) }))
            #expect(Set(numbers.values) == Set(1...Int64(count)))
            let reader = try writer.reader()
            for (index, number) in numbers {
                let body = try reader.delivery(number)?.request.body
                #expect(body == Array("delivery \(index)".utf8))
            }
            #expect(try reader.verify().deliveryCount == count)
        }
    }

    /// How often each delivery was answered.
    private final class ResponseCounts: Sendable {
        private let counts = Mutex<[Int: Int]>([:])

        var all: [Int: Int] {
            counts.withLock { $0 }
        }

        func add(_ index: Int) {
            counts.withLock { $0[index, default: 0] += 1 }
        }
    }
}
