import CallboxConfiguration
import Deliveries
import Journal
import ProviderClients
import ServerTestKit
import TestKit
import Testing

@testable import CallboxCommands
@testable import ReportIndex

@Suite("What a follow-up fetches and how it is put down", .offPool)
struct FollowUpCallsTests {
    private static let environment = [
        "CALLBOX_CERTN_CENTRIC_API_KEY": "key", "CALLBOX_CERTN_LEGACY_CLIENT_ID": "id",
        "CALLBOX_CERTN_LEGACY_CLIENT_SECRET": "secret", "CALLBOX_CERTIFICALL_USERNAME": "user",
        "CALLBOX_CERTIFICALL_PASSWORD": "password",
    ]

    private static func perform(
        _ task: FollowUpTask, _ subject: String, at double: ProviderDouble, archive: TestArchive
    ) async throws -> FollowUpCalls.Result {
        var configuration = try archive.configuration()
        for api in ProviderAPI.allCases { configuration.apis[api]?.url = "https://api.test/v1" }
        let calls = FollowUpCalls(
            access: ProviderAccess(configuration, environment: environment, transport: double.transport),
            reader: try ArchiveReader(archive.directory), now: { .fixture },
            certificallPatience: .zero)
        let order = FollowUpOrder(source: "certn", task: task.rawValue, subject: subject)
        return try await calls.perform(FollowUp(id: 1, order: order, attemptCount: 0), task)
    }

    @Test("a case is put down as it came, under the path that was asked")
    func centricCase() async throws {
        let body = "{ \"id\": \"C-1\",\n \"overall_status\": \"COMPLETE\" }"
        let double = ProviderDouble(["GET /v1/api/public/cases/C-1/": ProviderDouble.json(body)])
        try await TestArchive.with { archive in
            let result = try await Self.perform(.centricCase, "C-1/E-1", at: double, archive: archive)
            guard case .fetched(let request) = result else {
                Issue.record("nothing was fetched")
                return
            }
            #expect(request.method == "GET")
            #expect(request.target.text == "/api/public/cases/C-1/")
            #expect(request.body == Array(body.utf8))
            #expect(request.headers.onlyValue(named: "Content-Type") == "application/json")
            #expect(request.peer == "api")
            #expect(request.receivedAt == .fixture)
        }
    }

    @Test("a report that is not made yet is waited for, not failed")
    func pendingApplicant() async throws {
        let double = ProviderDouble([
            "POST /v1/token/": ProviderDouble.json(#"{"access_token":"t","expires_in":3600}"#),
            "GET /v1/api/v1/hr/applicants/A-1/": ProviderDouble.json(#"{"id":"A-1","report_status":"PENDING"}"#),
        ])
        try await TestArchive.with { archive in
            let result = try await Self.perform(.certnApplicant, "hr/A-1", at: double, archive: archive)
            guard case .notYet("the report is PENDING") = result else {
                Issue.record("\(result)")
                return
            }
        }
    }

    @Test("a reportToken is sent and put down as one segment of the path, whatever is in it")
    func certificallReport() async throws {
        let double = ProviderDouble(["GET /v1/reports/a%20b%2Fc%25": ProviderDouble.json(#"[{"cfRef":"CF-1"}]"#)])
        try await TestArchive.with { archive in
            let result = try await Self.perform(.certificallReport, "CF-1/a b/c%", at: double, archive: archive)
            guard case .fetched(let request) = result else {
                Issue.record("nothing was fetched")
                return
            }
            #expect(request.target.text == "/certificall/api/reports/a%20b%2Fc%25")
        }
    }

    @Test("each closed case that no delivery tells of is asked for; those without a reportToken are not")
    func certificallCases() async throws {
        let double = ProviderDouble([
            "POST /v1/auth/token": ProviderDouble.json(#"{"token":"t"}"#),
            "GET /v1/cases": ProviderDouble.json(
                #"[{"cfRef":"CF-1","reportToken":"a b"},{"cfRef":"CF-2","reportToken":""},{"cfRef":"CF-3"}]"#),
        ])
        try await TestArchive.with { archive in
            let result = try await Self.perform(.certificallCases, "1", at: double, archive: archive)
            guard case .nothing(let orders) = result else {
                Issue.record("\(result)")
                return
            }
            #expect(orders == [FollowUpOrder(source: "certn", task: "certificall-report", subject: "CF-1/a b")])
        }
    }

    @Test(
        "a follow-up that names nothing is rejected before anything is sent",
        arguments: [
            (FollowUpTask.centricCase, ""), (.certnApplicant, "A-1"), (.certnApplicant, "xx/A-1"),
            (.certificallReport, "CF-1"), (.ezidClaims, "U-1"),
        ])
    func nothing(task: FollowUpTask, subject: String) async throws {
        let double = ProviderDouble([:])
        try await TestArchive.with { archive in
            _ = await #expect(throws: ProviderCallFailure.self) {
                try await Self.perform(task, subject, at: double, archive: archive)
            }
        }
        #expect(double.requests.isEmpty)
    }

    @Test("a rejection is the provider's, and nothing is put down")
    func rejected() async throws {
        let double = ProviderDouble([:])
        try await TestArchive.with { archive in
            let failure = await #expect(throws: ProviderCallFailure.self) {
                try await Self.perform(.centricCase, "C-1/E-1", at: double, archive: archive)
            }
            guard case .rejected(let rejection)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(rejection.status == 404)
        }
    }
}
