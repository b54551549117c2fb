import Deliveries
import TestKit
import Testing

@testable import Replay

@Suite("Bulk replay")
struct BulkReplayTests {
    /// Sends without a network: deliveries with these numbers fail, others get 200; the body of number 5 is pruned.
    private static func run(
        _ numbers: [Int64], failing: Set<Int64> = [], concurrency: Int = 1, failureLimit: Int = 10
    ) async throws -> (summary: BulkReplay.Summary, recorded: [Int64]) {
        var recorded: [Int64] = []
        let replay = BulkReplay(
            send: { plan in
                let isFailing = failing.contains(plan.deliveryID.rawValue)
                let response = ReplayResponse(
                    status: isFailing ? 500 : 200, bodyPrefix: [], bodyByteCount: 0, bodySHA256: [1])
                return ReplayResult(durationMilliseconds: 1, outcome: .responded(response))
            },
            plan: { id in
                guard id.rawValue != 5 else { return nil }
                return try? ReplayPlan(.fixture(id: id.rawValue, body: "12"), to: "http://127.0.0.1/")
            },
            record: { sent in recorded.append(sent.plan.deliveryID.rawValue) },
            interval: .zero, concurrency: concurrency, failureLimit: failureLimit, now: { .fixture })
        let summary = try await replay.run(numbers.map(DeliveryID.init(rawValue:))) { _ in }
        return (summary, recorded)
    }

    @Test("deliveries are sent in order and each is recorded")
    func order() async throws {
        let (summary, recorded) = try await Self.run([1, 2, 3, 5, 8], failing: [2])
        #expect(recorded == [1, 2, 3, 8])
        #expect(
            summary
                == BulkReplay.Summary(sentCount: 4, failureCount: 1, skippedCount: 1, leftCount: 0, byteCount: 8))
    }

    @Test("concurrent sending sends all")
    func together() async throws {
        let (summary, recorded) = try await Self.run(Array(10..<60), concurrency: 7)
        #expect(Set(recorded) == Set(10..<60))
        #expect(summary.sentCount == 50 && summary.failureCount == 0)
    }

    @Test("sending stops at the failure limit")
    func stops() async throws {
        let (summary, recorded) = try await Self.run(Array(10..<20), failing: Set(10..<20), failureLimit: 3)
        #expect(recorded == [10, 11, 12])
        #expect(summary.leftCount == 7)
    }

    @Test(
        "a rate is a number and a time",
        arguments: [("5/s", Duration.milliseconds(200)), ("1/m", .seconds(60)), ("1000/s", .milliseconds(1))])
    func rate(text: String, interval: Duration) {
        #expect(SendingRate(text)?.interval == interval)
    }

    @Test(
        "other texts are not rates",
        arguments: ["", "5", "/s", "0/s", "-1/s", "5/d", "5/s/s", "1001/s", "99999999999999999999/s", "+5/s"])
    func noRate(text: String) {
        #expect(SendingRate(text) == nil)
    }
}
