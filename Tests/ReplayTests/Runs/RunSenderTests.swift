import Deliveries
import Journal
import Synchronization
import TestKit
import Testing

@testable import Replay

@Suite("Sending a run")
struct RunSenderTests {
    /// A run without a network. Deliveries with IDs in `failing` get 500, deliveries in `silent` get no response, and
    /// all other deliveries get 200. The body of delivery 5 is pruned, and delivery 6 cannot be changed. The exchange
    /// of delivery N takes N ms.
    struct Run {
        var summary: RunSummary
        /// The deliveries, in the order in which their requests started.
        var sent: [Int64] = []
        var records: [ReplayRecord] = []
        var responses: [RunResponse] = []
    }

    private final class Log: Sendable {
        let sent = Mutex<[Int64]>([])
        let records = Mutex<[ReplayRecord]>([])
        let inFlight = Mutex<(now: [Int64], greatest: Int)>(([], 0))
        let overlaps = Mutex<Set<[Int64]>>([])
    }

    private static func run(
        _ numbers: [Int64], failing: Set<Int64> = [], silent: Set<Int64> = [], cases: [Int] = [],
        after progress: RunProgress = RunProgress(),
        interruptedAfter limit: Int = .max, _ change: (inout ReplaySettings) -> Void = { _ in }
    ) async throws -> Run {
        try await TemporaryFolder.with { temporary in
            let directory = ArchiveDirectory(path: temporary.path(of: "archive"))
            var settings = ReplaySettings(to: "http://127.0.0.1/")
            change(&settings)
            let plan = RunPlan(settings, deliveries: numbers.map(DeliveryID.init(rawValue:)), cases: cases)
            let folder = RunFolder(directory, run: 7)
            try folder.create(plan, in: directory)
            #expect(try folder.plan() == plan)
            let log = Log()
            let steps = RunSender.Steps(
                read: { ids in
                    ids.prefix(2).map(\.rawValue).map { id in
                        id == 5 ? nil : .fixture(id: id, body: id == 6 ? "no JSON" : #"{"a":1}"#)
                    }
                },
                send: { plan in
                    log.sent.withLock { $0.append(plan.deliveryID.rawValue) }
                    if silent.contains(plan.deliveryID.rawValue) {
                        try? await Task.sleep(for: .seconds(3600))
                        return ReplayResult(durationMilliseconds: 0, outcome: .failed("cancelled"))
                    }
                    let isFailing = failing.contains(plan.deliveryID.rawValue)
                    var response = ReplayResponse(
                        status: isFailing ? 500 : 200, bodyPrefix: Array("ok".utf8), bodyByteCount: 2, bodySHA256: [1])
                    response.headers = [HeaderField("X-Answer", "1")]
                    return ReplayResult(durationMilliseconds: plan.deliveryID.rawValue, outcome: .responded(response))
                }, isInterrupted: { log.sent.withLock { $0.count } >= limit }, patience: .zero,
                now: { .fixture })
            let preparation = ReplayPreparation(settings, signer: nil, sources: [:])
            let sender = RunSender(plan, preparation, in: folder, after: progress, steps) { records in
                log.records.withLock { all in
                    for case .replay(let record) in records { all.append(record) }
                }
            }
            var run = Run(summary: try await sender.run())
            run.sent = log.sent.withLock { $0 }
            run.records = log.records.withLock { $0 }
            RunFileReader.forEachResponse(folder) { run.responses.append($0) }
            return run
        }
    }

    @Test("deliveries are sent in order, each one is recorded, and the file has the responses")
    func order() async throws {
        let run = try await Self.run([1, 2, 3, 5, 8], failing: [2])
        #expect(run.sent == [1, 2, 3, 8])
        #expect(run.records.map(\.deliveryID.rawValue) == [1, 2, 3, 8])
        #expect(run.records.map(\.place) == [0, 1, 2, 4].map { ReplayRecord.Place(run: 7, item: $0) })
        #expect(run.responses.map(\.item) == [0, 1, 2, 4])
        #expect(run.responses.allSatisfy { $0.content?.text == "ok" && $0.content?.headers.first?.name == "X-Answer" })
        #expect(run.summary.sentCount == 4 && run.summary.skippedCount == 1 && run.summary.leftCount == 0)
        #expect(run.summary.failures == ["response 500": 1])
        #expect(run.summary.duration(percentile: 100) == 8)
    }

    @Test("a delivery that cannot be prepared is a failure, and the next delivery is sent")
    func unprepared() async throws {
        let run = try await Self.run([6, 7, 8], failing: [7]) { $0.assignments = ["$.a=2"] }
        #expect(run.sent == [7, 8])
        #expect(run.records.map(\.changes) == [["$.a"], ["$.a"]])
        #expect(run.summary.failureCount == 2 && run.summary.failures.count == 2)
    }

    @Test("only expected statuses are accepted")
    func expectation() async throws {
        #expect(
            try await Self.run([1, 2, 3], failing: [2]) { $0.expected = "500,204" }.summary.failures == [
                "response 200": 2
            ])
    }

    @Test("sending stops at the failure limit, and the remaining items are not sent")
    func stops() async throws {
        let run = try await Self.run(Array(10..<20), failing: Set(10..<20)) { $0.failureLimit = 3 }
        #expect(run.sent == [10, 11, 12] && run.summary.leftCount == 7)
    }

    @Test("after an interruption the remaining items are not sent")
    func interrupted() async throws {
        let run = try await Self.run(Array(10..<20), interruptedAfter: 4)
        #expect(run.summary.isInterrupted && run.sent.count >= 4 && run.sent.count + run.summary.leftCount == 10)
    }

    @Test("all items are sent concurrently, and once more for each repetition")
    func together() async throws {
        let run = try await Self.run(Array(10..<60)) { ($0.concurrency, $0.repetitionCount) = (7, 3) }
        #expect(run.sent.count == 150 && Set(run.sent) == Set(10..<60))
        #expect(Set(run.records.compactMap(\.place?.item)) == Set(0..<150))
    }

    @Test("the deliveries of one case are sent in order")
    func cases() async throws {
        let numbers = Array(Int64(10)..<70)
        let run = try await Self.run(numbers, cases: numbers.map { Int($0 % 3) }) { $0.concurrency = 16 }
        for number in Int64(0)..<3 {
            let ofCase = run.records.map(\.deliveryID.rawValue).filter { $0 % 3 == number }
            #expect(ofCase == ofCase.sorted() && ofCase.count == 20)
        }
    }

    @Test("items that have ended are not sent again, and items with an uncertain outcome are sent again and marked")
    func continues() async throws {
        let run = try await Self.run([1, 2, 3, 4], after: RunProgress(ended: [0, 2], uncertain: [3]))
        #expect(run.sent == [2, 4])
        #expect(run.records.map { $0.place?.isSentAgain } == [false, true])
    }

    @Test("the seed determines which deliveries the faults duplicate, drop and reorder")
    func faults() async throws {
        let numbers = Array(Int64(10)..<30)
        func sent(_ fault: ReplayFault, percent: Int, seed: UInt64 = 1) async throws -> Run {
            try await Self.run(numbers) {
                ($0.faults.faults, $0.faults.percent, $0.faults.seed) = ([fault], percent, seed)
            }
        }
        let doubled = try await sent(.duplicate, percent: 100)
        #expect(doubled.sent == numbers.flatMap { [$0, $0] })
        #expect(doubled.records.allSatisfy { $0.changes == ["fault duplicate"] })
        #expect(try await sent(.drop, percent: 100).sent == [])
        let some = try await sent(.drop, percent: 50)
        #expect((3..<17).contains(some.sent.count) && some.summary.droppedCount == 20 - some.sent.count)
        #expect(try await sent(.drop, percent: 50).sent == some.sent)
        #expect(try await sent(.drop, percent: 50, seed: 2).sent != some.sent)
        let shuffled = try await sent(.reorder, percent: 100).sent
        #expect(shuffled != numbers && shuffled.sorted() == numbers)
    }

    @Test("after an interruption, exchanges without a response are stopped, and sent again later")
    func abandoned() async throws {
        let run = try await Self.run(Array(10..<20), silent: [13, 14], interruptedAfter: 6) { $0.concurrency = 3 }
        #expect(run.summary.abandonedCount == 2 && run.summary.failureCount == 0)
        #expect(run.sent.count == run.records.count + 2 && run.sent.count + run.summary.leftCount == 12)
        #expect(!run.records.contains { [13, 14].contains($0.deliveryID.rawValue) })
    }

    @Test(
        "percentiles use the nearest rank", arguments: [(1, 1), (50, 50), (99, 99), (100, 100)] as [(Int, Int64)])
    func percentiles(percentile: Int, duration: Int64) {
        func rank(_ values: [Int64]) -> Int64? {
            var distribution = Distribution()
            for value in values { distribution.add(value) }
            return distribution.rank(percentile)
        }
        #expect(rank((1...100).reversed()) == duration)
        #expect(rank([7]) == 7)
        #expect(rank([]) == nil)
    }
}
