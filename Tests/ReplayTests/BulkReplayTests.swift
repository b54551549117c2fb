import Deliveries
import TestKit
import Testing

@testable import Replay

@Suite("Bulk replay")
struct BulkReplayTests {
    /// Sends without a network: deliveries with these numbers fail, others get 200; the body of number 5 is pruned, and
    /// number 6 cannot be changed. The exchange of number N takes N ms.
    private static func run(
        _ numbers: [Int64], failing: Set<Int64> = [], concurrency: Int = 1, failureLimit: Int = 10,
        expected: ExpectedStatuses = .success
    ) async throws -> (summary: BulkReplay.Summary, recorded: [Int64]) {
        var recorded: [Int64] = []
        let replay = BulkReplay(
            send: { plan in
                let isFailing = failing.contains(plan.deliveryID.rawValue)
                let response = ReplayResponse(
                    status: isFailing ? 500 : 200, bodyPrefix: [], bodyByteCount: 0, bodySHA256: [1])
                return ReplayResult(durationMilliseconds: plan.deliveryID.rawValue, outcome: .responded(response))
            },
            plan: { id in
                guard id.rawValue != 5 else { return nil }
                guard id.rawValue != 6 else { throw ReplayError.noValue(id, path: "$.a") }
                return try? ReplayPlan(.fixture(id: id.rawValue, body: "12"), to: "http://127.0.0.1/")
            },
            record: { sent in recorded.append(sent.plan.deliveryID.rawValue) }, expected: expected,
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
                == BulkReplay.Summary(
                    sentCount: 4, failureCount: 1, failures: ["response 500": 1], skippedCount: 1, leftCount: 0,
                    byteCount: 8, durations: [1, 2, 3, 8]))
    }

    @Test("a delivery that cannot be prepared is a failure and the next is sent")
    func unprepared() async throws {
        let (summary, recorded) = try await Self.run([6, 7, 8], failing: [7])
        #expect(recorded == [7, 8])
        #expect(summary.sentCount == 2 && summary.failureCount == 2 && summary.failures.count == 2)
    }

    @Test("only expected statuses are accepted")
    func expectation() async throws {
        let expected = try #require(ExpectedStatuses("500,204"))
        let (summary, _) = try await Self.run([1, 2, 3], failing: [2], expected: expected)
        #expect(summary.failures == ["response 200": 2])
    }

    @Test(
        "percentiles are nearest ranks", arguments: [(1, 1), (50, 50), (99, 99), (100, 100)] as [(Int, Int64)])
    func percentiles(percentile: Int, duration: Int64) {
        #expect(BulkReplay.Summary(durations: (1...100).reversed()).duration(percentile: percentile) == duration)
        #expect(BulkReplay.Summary(durations: [7]).duration(percentile: percentile) == 7)
        #expect(BulkReplay.Summary().duration(percentile: percentile) == nil)
    }

    @Test(
        "expected statuses are numbers and classes",
        arguments: [
            ("2xx", [200, 299], [199, 300]), ("204", [204], [200, 205]), ("200,201", [200, 201], [202]),
            ("5xx,404", [500, 404], [200, 403]),
        ])
    func statuses(text: String, accepted: [Int], others: [Int]) throws {
        let expected = try #require(ExpectedStatuses(text))
        #expect(accepted.allSatisfy(expected.contains) && !others.contains(where: expected.contains))
    }

    @Test(
        "other texts are not statuses",
        arguments: ["", "xx", "6xx", "0xx", "20", "2000", "099", "600", "200,", "+20", "2XX", "200 201", "-1xx"])
    func noStatuses(text: String) {
        #expect(ExpectedStatuses(text) == nil)
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
