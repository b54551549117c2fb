import Deliveries
import Testing

@testable import CallboxCommands
@testable import ReportArchive

@Suite("What a ready report of Centric leads to")
struct CentricReportOrderTests {
    private static func plan(followsUp: Bool = true) -> FollowUpPlan {
        var configuration = CallboxConfiguration()
        configuration.apis[.certnCentric]?.followsUp = followsUp
        return FollowUpPlan(configuration)
    }

    private static func orders(
        _ plan: FollowUpPlan, event: String, verification: Verification = .verified
    ) -> [FollowUpOrder] {
        let report = DeliveredReport(
            report: .fixture(
                source: "certn", provider: "certn-centric", kind: "CASE_REPORT_READY", verification: verification),
            attemptNumber: 1, fields: [ReportField("id", event), ReportField("object_id", "case-1")])
        return plan.orders(after: DeliveryID(rawValue: 7), [report])
    }

    @Test("the case is fetched after each notification, its PDF is asked for once")
    func once() {
        // Asking makes Certn notify again: an order of its own for each notification would never end.
        let plan = Self.plan()
        let first = Self.orders(plan, event: "event-1")
        let second = Self.orders(plan, event: "event-2")
        #expect(first.map(\.act) == ["centric-case", "centric-report"])
        #expect(first.map(\.subject) == ["case-1/event-1", "case-1"])
        #expect(second.map(\.subject) == ["case-1/event-2", "case-1"])
    }

    @Test("nothing where it is not wanted, or where nothing proves the notification")
    func nothing() {
        #expect(Self.orders(Self.plan(followsUp: false), event: "event-1").isEmpty)
        #expect(Self.orders(Self.plan(), event: "event-1", verification: .unattempted).isEmpty)
    }
}
