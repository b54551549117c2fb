import Deliveries
import StrictJSON
import Testing

@testable import Providers

@Suite("CertnCentric's API")
struct CentricAPITests {
    private static let root = "https://api.sandbox.certn.co/api/public"
    private static let created =
        #"{"id":"C-1","short_id":"S","overall_status":"CASE_ORDERED","invite_link":"https://i"}"#

    private let script = try? APIScript(CentricAPI.description)

    @Test("an order has every field under its documented name, and the key in a header")
    func order() throws {
        let (plan, run) = try #require(script).order(
            CentricLinkForm.self,
            [
                "email": ["a@b.test"], "check": ["IDENTITY_VERIFICATION_1", #"CREDIT_REPORT_1={"a":1}"#],
                "send-invite-email": ["true"], "given-name": ["Ana"], "family-name": ["Souza"],
                "date-of-birth": ["1990-01-01"], "street-address": ["1 Fort St"], "locality": ["Victoria"],
                "administrative-division1": ["BC"], "postal-code": ["V8V"], "country": ["CA"],
                "start-date": ["2001-02-28"], "fields-file": [#"{"tags":["x"]}"#],
            ], responding: Self.created)
        #expect(run.lines == ["POST \(Self.root)/cases/order/"])
        #expect(run.requests[0].headers.contains(HeaderField("Authorization", "Api-Key test-api-key")))
        #expect(run.requests[0].needsAccessToken == false)
        #expect(
            run.bodies == [
                #"{"email_address":"a@b.test","input_claims":{"name":{"given_name":"Ana","family_name":"Souza"},"#
                    + #""date_of_birth":"1990-01-01","residences":[{"address":{"street_address":"1 Fort St","#
                    + #""locality":"Victoria","administrative_division_1":"BC","postal_code":"V8V","country":"CA"},"#
                    + #""start_date":"2001-02-28"}]},"send_invite_email":true,"return_invite_link":false,"#
                    + #""check_types_with_arguments":{"IDENTITY_VERIFICATION_1":{},"CREDIT_REPORT_1":{"a":1}},"#
                    + #""tags":["x"]}"#
            ])
        #expect(plan.expectations == ["CASE_STATUS_CHANGED"])
        #expect(run.value?.keys == [ReportField("object_id", "C-1")])
        #expect(
            run.value?.shown == [
                .init("shortId", .string("S")), .init("overallStatus", .string("CASE_ORDERED")),
                .init("inviteLink", .string("https://i")),
            ])
    }

    @Test("a package is ordered by its name")
    func package() throws {
        let run = try #require(script).order(
            CentricLinkForm.self, ["email": ["a@b.test"], "package": ["basic"]], responding: #"{"id":"C-1"}"#
        ).run
        #expect(run.lines == ["POST \(Self.root)/cases/order-package/"])
        #expect(run.bodies == [#"{"email_address":"a@b.test","package":"basic"}"#])
        #expect(run.value?.shown.map(\.value) == [.null, .null, .null])
    }

    @Test(
        "input that Certn would reject is rejected before the call",
        arguments: [
            ([:], "Pass --check or --package."),
            (["check": ["X"], "package": ["p"]], "Pass --check or --package."),
            (["check": ["X"]], "An order without an invitation (a quickscreen) needs input_claims."),
            (["check": ["X", "X={}"], "given-name": ["a"]], "--check is repeated."),
            (["check": ["X=1"], "given-name": ["a"]], "--check is JSON, but not an object."),
            (["check": ["X"], "date-of-birth": ["1990-02-30"]], "--date-of-birth is not a date such as 2001-02-28."),
        ])
    func input(given: [String: [String]], sentence: String) throws {
        let script = try #require(script)
        let given = given.merging(["email": ["a@b.test"]]) { $1 }
        #expect(complaint { _ = try script.order(CentricLinkForm.self, given) } == sentence)
    }

    @Test("a case is cancelled by its ID")
    func cancel() throws {
        let script = try #require(script)
        let cancel = try #require(CentricAPI.description.cancel)
        let run = try script.run(try cancel.call("C/1", script.account), [.json(204, "")])
        #expect(run.lines == ["POST \(Self.root)/cases/C%2F1/cancel/"])
        #expect(run.value != nil)
        #expect(cancel.key == "object_id")
    }

    private func targets(_ verification: Verification, _ fields: [ReportField]) throws -> [FollowUpTarget] {
        let trigger = try #require(CentricAPI.description.followUp?.triggers.first)
        #expect(trigger.type == "CASE_REPORT_READY")
        return trigger.targets(
            TriggeringReport(verification: verification, delivery: DeliveryID(rawValue: 42), fields: fields))
    }

    @Test("a verified CASE_REPORT_READY requests the case once per event, and its report once per case")
    func triggers() throws {
        let id = ReportField("object_id", "C-1")
        #expect(
            try targets(.verified, [id, ReportField("id", "E-1")])
                == [FollowUpTarget("centric-case", "C-1/E-1"), FollowUpTarget("centric-report", "C-1")])
        #expect(try targets(.verified, [id]).map(\.subject) == ["C-1/42", "C-1"])
        #expect(try targets(.verified, [ReportField("id", "E-1")]).isEmpty)
        for unproved in [Verification.failed, .expired, .unverified] { #expect(try targets(unproved, [id]).isEmpty) }
    }

    private func task(_ name: String, _ subject: String) throws -> ProviderCall<FollowUpResult> {
        let rules = try #require(CentricAPI.description.followUp)
        let task = try #require(rules.tasks.first { $0.name == name })
        return try task.call(subject, try #require(script).account, FollowUpContext())
    }

    @Test("a case is archived byte for byte under the requested path")
    func caseObject() throws {
        let body = "{ \"id\": \"C-1\",\n \"overall_status\": \"COMPLETE\" }"
        let run = try #require(script).run(try task("centric-case", "C-1/E-1"), [.json(200, body)])
        guard case .fetched(let request)? = run.value else {
            Issue.record("nothing was fetched")
            return
        }
        #expect(run.lines == ["GET \(Self.root)/cases/C-1/"])
        #expect(request.target.text == "/api/public/cases/C-1/")
        #expect(request.body == Array(body.utf8))
        #expect(request.receivedAt == ProviderResponse.time)
        #expect(complaint { _ = try task("centric-case", "") } != nil)
    }

    @Test("a report is generated, polled, and downloaded without the key")
    func report() throws {
        let pending = ProviderResponse.json(200, #"{"status":"PENDING"}"#)
        let complete = ProviderResponse.json(200, #"{"status":"COMPLETE","pdf_url":"https://files.test/x.pdf?sig=1"}"#)
        let order = ProviderResponse.json(201, #"{"case_report_file_id":"F-1"}"#)
        let script = try #require(script)
        let call = try task("centric-report", "C-1")
        let run = try script.run(call, [order, pending, pending, complete, .json(200, "%PDF-1.7")])
        let file = "GET \(Self.root)/cases/report-files/F-1/"
        #expect(
            run.lines == [
                "POST \(Self.root)/cases/C-1/generate-report/", file, file, file, "GET https://files.test/x.pdf?sig=1",
            ])
        #expect(run.waits == [.seconds(2), .seconds(2)])
        #expect(run.requests.last?.headers.contains { $0.name == "Authorization" } == false)
        guard case .fetched(let request)? = run.value else {
            Issue.record("nothing was fetched")
            return
        }
        #expect(request.target.text == "/api/public/cases/C-1/report.pdf")
        let slow = try script.run(call, [order] + Array(repeating: pending, count: 6))
        guard case .notYet("the report file is PENDING")? = slow.value else {
            Issue.record("the report is not pending")
            return
        }
        let elsewhere = ProviderResponse.json(200, #"{"status":"COMPLETE","pdf_url":"http://files.test/x.pdf"}"#)
        #expect(complaint { _ = try script.run(call, [order, elsewhere]) }?.contains("https") == true)
        #expect(
            callFailure { _ = try script.run(call, [order, complete, .json(200, "<html>")]) }
                == .unexpectedResponse("The file is not a PDF."))
    }

    @Test("errors name their fields and have the code of the first error")
    func rejections() throws {
        let script = try #require(script)
        let body =
            #"{"type":"validation_error","errors":[{"code":"required","detail":"Required.","attr":"email_address"},"#
            + #"{"code":"invalid","detail":"No."}]}"#
        #expect(
            script.rejection(400, body)
                == ProviderRejection(
                    status: 400, code: "required", words: ["email_address: Required.", "No."],
                    advice: "Correct the fields that the provider names."))
        #expect(script.rejection(401, #"{"type":"client_error"}"#)?.code == "client_error")
        #expect(script.rejection(401, "")?.advice?.contains("365 days") == true)
        #expect(script.rejection(404, #"{"detail":"Not found."}"#)?.words == ["Not found."])
    }
}
