import CallboxConfiguration
import Deliveries
import Journal
import Providers
import ServerTestKit
import TestKit
import Testing

@testable import FollowUp
@testable import ReportIndex

@Suite("Follow-up calls", .offPool)
struct FollowUpCallsTests {
    private static let environment = [
        "CALLBOX_CERTN_CENTRIC_API_KEY": "key", "CALLBOX_CERTN_LEGACY_CLIENT_ID": "id",
        "CALLBOX_CERTN_LEGACY_CLIENT_SECRET": "secret", "CALLBOX_CERTIFICALL_USERNAME": "user",
        "CALLBOX_CERTIFICALL_PASSWORD": "password",
    ]

    private static func perform(
        _ task: String, _ subject: String, at double: ProviderDouble, archive: TestArchive
    ) async throws -> FollowUpCalls.Result {
        var configuration = try archive.configuration()
        for api in ProviderCatalog.standard.callableAPIs { configuration.apis[api.name]?.url = "https://api.test/v1" }
        let plan = FollowUpPlan(configuration)
        let calls = FollowUpCalls(
            access: ProviderAccess(configuration, environment: environment, exchange: double.exchange),
            reader: try ArchiveReader(archive.directory), plan: plan)
        let order = FollowUpOrder(source: "certn", task: task, subject: subject)
        return try await calls.perform(
            FollowUp(id: 1, order: order, attemptCount: 0), try #require(plan.task(named: task)))
    }

    @Test("the response to a call becomes a delivery of the source")
    func fetched() async throws {
        let body = #"{ "id": "C-1" }"#
        let double = ProviderDouble(["GET /v1/api/public/cases/C-1/": ProviderDouble.json(body)])
        try await TestArchive.with { archive in
            let result = try await Self.perform("centric-case", "C-1/E-1", at: double, archive: archive)
            guard case .fetched(let request) = result else {
                Issue.record("nothing was fetched")
                return
            }
            #expect(request.target.text == "/api/public/cases/C-1/")
            #expect(request.body == Array(body.utf8))
        }
    }

    @Test("a report that is not available yet is requested again later")
    func notYet() async throws {
        let double = ProviderDouble([
            "POST /v1/token/": ProviderDouble.json(#"{"access_token":"t","expires_in":3600}"#),
            "GET /v1/api/v1/hr/applicants/A-1/": ProviderDouble.json(#"{"id":"A-1","report_status":"PENDING"}"#),
        ])
        try await TestArchive.with { archive in
            let result = try await Self.perform("certn-applicant", "hr/A-1", at: double, archive: archive)
            guard case .notYet("the report is PENDING") = result else {
                Issue.record("\(result)")
                return
            }
        }
    }

    @Test("a reportToken with any characters is sent and archived as one path segment")
    func certificallReport() async throws {
        let double = ProviderDouble([
            "POST /v1/auth/token": ProviderDouble.json(#"{"token":"t"}"#),
            "GET /v1/reports/a%20b%2Fc%25": ProviderDouble.json(#"[{"cfRef":"CF-1"}]"#),
        ])
        try await TestArchive.with { archive in
            let result = try await Self.perform("certificall-report", "CF-1/a b/c%", at: double, archive: archive)
            guard case .fetched(let request) = result else {
                Issue.record("nothing was fetched")
                return
            }
            #expect(request.target.text == "/certificall/api/reports/a%20b%2Fc%25")
        }
    }

    @Test("a sweep of closed cases orders the report of each case that has a reportToken")
    func found() async throws {
        let double = ProviderDouble([
            "POST /v1/auth/token": ProviderDouble.json(#"{"token":"t"}"#),
            "GET /v1/cases": ProviderDouble.json(#"[{"cfRef":"CF-1","reportToken":"a b"},{"cfRef":"CF-2"}]"#),
        ])
        try await TestArchive.with { archive in
            let result = try await Self.perform("certificall-cases", "1", at: double, archive: archive)
            guard case .nothing(let orders) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(orders == [FollowUpOrder(source: "certn", task: "certificall-report", subject: "CF-1/a b")])
        }
    }

    @Test(
        "a follow-up with an incomplete subject is rejected before any request is sent",
        arguments: [
            ("centric-case", ""), ("certn-applicant", "A-1"), ("certificall-report", "CF-1"),
        ])
    func nothing(task: String, subject: String) async throws {
        let double = ProviderDouble([:])
        try await TestArchive.with { archive in
            _ = await #expect(throws: ProviderCallFailure.self) {
                try await Self.perform(task, subject, at: double, archive: archive)
            }
        }
        #expect(double.requests.isEmpty)
    }

    @Test("after a rejection by the provider, no delivery is archived")
    func rejected() async throws {
        let double = ProviderDouble([:])
        try await TestArchive.with { archive in
            let failure = await #expect(throws: ProviderCallFailure.self) {
                try await Self.perform("centric-case", "C-1/E-1", at: double, archive: archive)
            }
            guard case .rejected(let rejection)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(rejection.status == 404)
        }
    }
}
