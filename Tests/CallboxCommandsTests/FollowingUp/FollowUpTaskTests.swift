import CallboxConfiguration
import Testing

@testable import CallboxCommands

@Suite("How often and how soon a follow-up is tried")
struct FollowUpTaskTests {
    @Test("rests double from half a minute up to an hour", arguments: FollowUpTask.allCases)
    func waits(task: FollowUpTask) {
        let first: Int64 = task == .centricReport ? 10_000 : 30_000
        #expect((0...3).map { task.wait(after: $0) } == [first, 2 * first, 4 * first, 8 * first])
        let waits = (0...800).map { task.wait(after: $0) }
        #expect(waits == waits.sorted())
        #expect(waits.last == 3_600_000)
    }

    @Test(
        "no count of tries leads to a rest below the first or above an hour", arguments: [Int.min, -1, 0, 62, 64, .max])
    func extremes(count: Int) {
        for task in FollowUpTask.allCases {
            #expect((task.wait(after: 0)...3_600_000).contains(task.wait(after: count)))
        }
    }

    @Test("a code is given up soon, an applicant after a month, the rest after ten tries")
    func limits() {
        #expect(FollowUpTask.ezidClaims.attemptLimit == 3)
        #expect(FollowUpTask.certnApplicant.attemptLimit == 720)
        for task in [FollowUpTask.centricCase, .centricReport, .certificallCases, .certificallReport] {
            #expect(task.attemptLimit == 10)
        }
    }

    @Test("names in the archive stay, and each task is of one API")
    func names() {
        #expect(
            FollowUpTask.allCases.map { "\($0.rawValue) \($0.api.rawValue)" } == [
                "centric-case certn-centric", "centric-report certn-centric", "certn-applicant certn-legacy",
                "ezid-claims ezid", "certificall-cases certificall", "certificall-report certificall",
            ])
        #expect(FollowUpTask.allCases.allSatisfy { $0.api.hasFollowUp })
    }

    @Test("rests double from the poll's on, up to an hour")
    func rests() {
        let act = FollowUpTask.certnApplicant
        #expect([0, 1, 2].map { act.wait(after: $0, pollInterval: .seconds(1)) } == [1000, 2000, 4000])
        #expect(act.wait(after: 0, pollInterval: nil) == 30_000)
        #expect(act.wait(after: 500, pollInterval: .seconds(1)) == 3_600_000)
        #expect(act.wait(after: 0, pollInterval: .seconds(86_400)) == 3_600_000)
    }
}
