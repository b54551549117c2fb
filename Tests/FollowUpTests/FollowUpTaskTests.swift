import CallboxConfiguration
import Providers
import Testing

@testable import FollowUp

@Suite("Follow-up retries")
struct FollowUpTaskTests {
    private static let tasks = ProviderCatalog.standard.callableAPIs.flatMap { $0.followUp?.tasks ?? [] }

    @Test("each wait is twice as long as the previous wait, up to an hour")
    func waits() {
        for task in Self.tasks {
            let first: Duration = task.name == "centric-report" ? .seconds(10) : .seconds(30)
            #expect((0...3).map { task.wait(after: $0) } == [first, first * 2, first * 4, first * 8])
            let waits = (0...800).map { task.wait(after: $0) }
            #expect(waits == waits.sorted())
            #expect(waits.last == .seconds(3600))
            #expect(task.wait(after: 1, pollInterval: .seconds(7)) == .seconds(14))
        }
    }

    @Test(
        "every wait is at least the first wait and at most an hour", arguments: [Int.min, -1, 0, 62, 64, .max])
    func extremes(count: Int) {
        for task in Self.tasks {
            #expect((task.wait(after: 0)...FollowUpTask.longestWait).contains(task.wait(after: count)))
        }
    }

    @Test("the stored name, the API and the attempt limit of each task do not change")
    func names() {
        let plan = FollowUpPlan(CallboxConfiguration())
        let known = Self.tasks.compactMap { plan.task(named: $0.name) }
        #expect(
            known.map { "\($0.task.name) \($0.api.name) \($0.task.attemptLimit)" } == [
                "certn-applicant certn-legacy 720", "centric-case certn-centric 10", "centric-report certn-centric 10",
                "ezid-claims ezid 3", "certificall-cases certificall 10", "certificall-report certificall 10",
            ])
        #expect(plan.task(named: "of-another-version") == nil)
    }
}
