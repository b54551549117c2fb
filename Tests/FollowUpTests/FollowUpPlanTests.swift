import CallboxConfiguration
import Deliveries
import Journal
import Providers
import ServerTestKit
import TestKit
import Testing

@testable import FollowUp
@testable import ReportIndex

@Suite("Calls that deliveries and links trigger")
struct FollowUpPlanTests {
    private static let delivery = DeliveryID(rawValue: 42)

    private static func plan(_ apis: String = "") throws -> FollowUpPlan {
        FollowUpPlan(
            try ConfigurationFile.parse("sources: {certn: {}, ezid: {}, certificall: {}}\n\(apis)", file: "c.yaml"))
    }

    private static let all = """
        apis:
          certn-legacy: {follow-up: true}
          certn-centric: {follow-up: true}
          ezid: {follow-up: true}
          certificall: {follow-up: true}
        """

    private static func report(
        _ provider: String, _ type: String, _ fields: [ReportField], _ verification: Verification = .verified,
        attempt: Int = 1
    ) -> DeliveredReport {
        DeliveredReport(
            report: ReportSummary(
                reportID: ReportID(rawValue: 1), arrivalID: ReportID(rawValue: 1), deliveryID: delivery, ordinal: 1,
                receivedAt: .fixture, source: "certn", provider: provider, type: type, providerTime: nil, route: nil,
                externalInfo: nil, problem: nil, attemptCount: 1, lastDeliveryID: delivery, lastReceivedAt: .fixture,
                verification: verification, secretName: nil, bodyByteCount: 2, storedByteCount: 2, bodySHA256: [],
                attemptNumber: attempt, isBodyPruned: false),
            attemptNumber: attempt, fields: fields)
    }

    private static let readyFields = [ReportField("object_id", "C-1"), ReportField("id", "E-1")]

    @Test("after a verified CASE_REPORT_READY, the case is fetched once per event, and its report once per case")
    func reportReady() throws {
        let plan = try Self.plan(Self.all)
        let orders = plan.orders(
            after: Self.delivery, [Self.report("certn-centric", "CASE_REPORT_READY", Self.readyFields)])
        #expect(
            orders == [
                FollowUpOrder(source: "certn", task: "centric-case", subject: "C-1/E-1", cause: Self.delivery),
                FollowUpOrder(source: "certn", task: "centric-report", subject: "C-1", cause: Self.delivery),
            ])
        // Creating the report causes another such event, which must not fetch the report again.
        let second = plan.orders(
            after: DeliveryID(rawValue: 43),
            [
                Self.report(
                    "certn-centric", "CASE_REPORT_READY", [ReportField("object_id", "C-1"), ReportField("id", "E-2")])
            ])
        #expect(second.map(\.subject) == ["C-1/E-2", "C-1"])
    }

    @Test("an event without an ID is identified by its delivery")
    func noEventID() throws {
        let orders = try Self.plan(Self.all).orders(
            after: Self.delivery,
            [Self.report("certn-centric", "CASE_REPORT_READY", [ReportField("object_id", "C-1")])])
        #expect(orders.map(\.subject) == ["C-1/42", "C-1"])
    }

    @Test("an unverified report triggers no call", arguments: [Verification.failed, .expired, .unverified, .fetched])
    func unproved(verification: Verification) throws {
        let orders = try Self.plan(Self.all).orders(
            after: Self.delivery,
            [Self.report("certn-centric", "CASE_REPORT_READY", Self.readyFields, verification)])
        #expect(orders.isEmpty)
    }

    @Test("a repeat, a different type, a different provider and a case without an ID trigger no call")
    func others() throws {
        let reports = [
            Self.report("certn-centric", "CASE_REPORT_READY", Self.readyFields, attempt: 2),
            Self.report("certn-centric", "CASE_REPORT_READY", [ReportField("id", "E-1")]),
            Self.report("certn-centric", "CASE_STATUS_CHANGED", Self.readyFields),
            Self.report("certn-legacy", "CASE_REPORT_READY", Self.readyFields),
            Self.report("generic", "CASE_REPORT_READY", Self.readyFields),
            Self.report("klavi", "redirect", [ReportField("uuid", "U-1")]),
            Self.report("ezid", "claims", [ReportField("uuid", "U-1")]),
        ]
        #expect(try Self.plan(Self.all).orders(after: Self.delivery, reports).isEmpty)
        #expect(try Self.plan(Self.all).orders(after: Self.delivery, []).isEmpty)
    }

    @Test("an EZiD code in a browser redirect is exchanged once")
    func code() throws {
        let plan = try Self.plan(Self.all)
        let visit = { (attempt: Int, verification: Verification, fields: [ReportField]) in
            plan.orders(after: Self.delivery, [Self.report("ezid", "redirect", fields, verification, attempt: attempt)])
        }
        let uuid = [ReportField("uuid", "U-1")]
        #expect(
            visit(1, .unverified, uuid) == [
                FollowUpOrder(source: "ezid", task: "ezid-claims", subject: "U-1", cause: Self.delivery)
            ])
        #expect(visit(2, .unverified, uuid).isEmpty)
        #expect(visit(1, .fetched, uuid).isEmpty)
        #expect(visit(1, .unverified, []).isEmpty)
    }

    @Test("several reports of a delivery each trigger their calls")
    func several() throws {
        let orders = try Self.plan(Self.all).orders(
            after: Self.delivery,
            [
                Self.report("certn-centric", "CASE_REPORT_READY", Self.readyFields),
                Self.report("ezid", "redirect", [ReportField("uuid", "U-1")], .unverified),
            ])
        #expect(orders.map(\.task) == ["centric-case", "centric-report", "ezid-claims"])
    }

    @Test("no report triggers a call if follow-up is off")
    func switchedOff() throws {
        for text in ["", "apis: {certn-centric: {follow-up: false}, ezid: {}}"] {
            let plan = try Self.plan(text)
            #expect(plan.isEmpty)
            #expect(
                plan.orders(
                    after: Self.delivery,
                    [
                        Self.report("certn-centric", "CASE_REPORT_READY", Self.readyFields),
                        Self.report("ezid", "redirect", [ReportField("uuid", "U-1")], .unverified),
                    ]
                ).isEmpty)
        }
    }

    @Test("fetched deliveries use the configured or the first source of the provider; without a source no call is made")
    func source() throws {
        func source(_ yaml: String) throws -> String? {
            FollowUpPlan(try ConfigurationFile.parse(yaml, file: "c.yaml")).apis.first?.source
        }
        let two = "sources: {b: {provider: certn, path: /b}, a: {provider: certn, path: /a}}\n"
        let named = try source(two + "apis: {certn-centric: {follow-up: true, source: a}}")
        #expect(named == "a")
        let first = try source(two + "apis: {certn-centric: {follow-up: true}}")
        #expect(first == "b")
        #expect(throws: ConfigurationError.self) {
            try source(two + "apis: {certn-centric: {follow-up: true, source: gone}}")
        }
        #expect(try source("sources: {klavi: {}}\napis: {certn-centric: {follow-up: true}}") == nil)
    }

    private static func link(
        _ provider: String = "certn-legacy", api: String = "https://x/api/v1/hr", state: LinkState = .created,
        keys: [ReportField] = [ReportField("id", "A-1")],
        missing: [LinkExpectation] = [LinkExpectation("applicant")]
    ) -> LinkProgress {
        let order = LinkOrder(
            provider: provider, api: api, keys: keys, expectations: [LinkExpectation("applicant")], externalInfo: nil)
        let link = Link(id: LinkID(rawValue: 7), createdAt: .fixture, state: state, order: order, note: nil)
        return LinkProgress(link: link, arrivals: [], missing: missing)
    }

    private static func followed(_ api: String) throws -> FollowUpPlan.FollowedAPI {
        try #require(try plan(all).apis.first { $0.api.name == api })
    }

    private static func orders(for links: [LinkProgress]) throws -> [FollowUpOrder] {
        FollowUpPlan.orders(for: links, of: try followed("certn-legacy"))
    }

    @Test("a pending application is polled")
    func applicant() throws {
        #expect(
            try Self.orders(for: [Self.link()]) == [
                FollowUpOrder(source: "certn", task: "certn-applicant", subject: "hr/A-1")
            ])
    }

    @Test("links of other providers or unknown APIs, finished links and links without an ID are not polled")
    func otherLinks() throws {
        #expect(try Self.orders(for: [Self.link(api: "https://x/api/v1/pm")]).map(\.subject) == ["pm/A-1"])
        let others = [
            Self.link("klavi"), Self.link("certn-centric"), Self.link(api: "https://x/api/v1/xx"), Self.link(api: ""),
            Self.link(state: .failed), Self.link(state: .cancelled), Self.link(state: .dismissed),
            Self.link(keys: [ReportField("application.id", "A-1")]), Self.link(missing: []),
        ]
        #expect(try Self.orders(for: others).isEmpty)
    }

    @Test("Certificall's closed cases are swept once an hour")
    func sweep() throws {
        let api = try Self.followed("certificall")
        let first = FollowUpPlan.sweep(of: api, at: .fixture)
        #expect(first.map(\.task) == ["certificall-cases"])
        #expect(first.map(\.source) == ["certificall"])
        #expect(FollowUpPlan.sweep(of: api, at: Timestamp.fixture.advanced(byMilliseconds: 3_590_000)) == first)
        #expect(FollowUpPlan.sweep(of: api, at: Timestamp.fixture.advanced(byMilliseconds: 3_600_000)) != first)
        #expect(first.map(\.subject) == ["2026-11-02T10:00:00.000Z"])
        #expect(FollowUpPlan.sweep(of: try Self.followed("certn-legacy"), at: .fixture).isEmpty)
    }
}
