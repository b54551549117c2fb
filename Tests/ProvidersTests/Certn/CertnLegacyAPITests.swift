import Deliveries
import StrictJSON
import Testing

@testable import Providers

@Suite("Certn's legacy API")
struct CertnLegacyAPITests {
    private static let root = "https://demo-api.certn.co"
    private static let quick = [
        "check": ["softcheck", "request_identity_verification"], "owner-id": ["O-1"], "tag": ["t-1"],
        "first-name": ["Ana"], "last-name": ["Souza"], "address": ["1 Fort St"], "city": ["Victoria"],
        "province-state": ["BC"], "country": ["CA"], "location-address": ["2 Fort St"],
        "location-city": ["Victoria"], "location-province-state": ["BC"], "location-country": ["CA"],
        "location-postal-code": ["V8V"], "location-type": ["Position Location"],
    ]

    private let script = try? APIScript(CertnLegacyAPI.description)

    @Test("the login is a form with Basic authentication")
    func login() throws {
        let script = try #require(script)
        let run = try script.run(
            try CertnLegacyAPI.login(script.account), [.json(200, #"{"access_token":"abc","expires_in":36000}"#)])
        #expect(run.value?.expiresAt == ProviderResponse.time.advanced(byMilliseconds: 36_000_000))
        #expect(run.bodies == ["grant_type=client_credentials"])
        let pair = Base64Text.encode(Array("test-client-id:test-client-secret".utf8))
        #expect(run.requests[0].headers.contains(HeaderField("Authorization", "Basic \(pair)")))
        let colon = try APIScript(CertnLegacyAPI.description, texts: ["client-id": "a:b"])
        #expect(complaint { _ = try CertnLegacyAPI.login(colon.account) } == "client-id contains a colon.")
    }

    @Test("a quickscreen has every field under its documented name")
    func quickOrder() throws {
        let (plan, run) = try #require(script).order(
            CertnLinkForm.self, Self.quick.merging(["information-file": [#"{"date_of_birth":"1990-01-01"}"#]]) { $1 },
            responding: #"{"id":"A-1","report_status":"ANALYZING"}"#, status: 201)
        #expect(run.lines == ["POST \(Self.root)/api/v1/hr/applications/quick/"])
        #expect(
            run.bodies == [
                #"{"tag":"t-1","information":{"first_name":"Ana","last_name":"Souza","addresses":[{"address":"1 Fort St","#
                    + #""city":"Victoria","province_state":"BC","country":"CA","current":true}],"#
                    + #""date_of_birth":"1990-01-01"},"request_softcheck":true,"request_identity_verification":true,"#
                    + #""owner_id":"O-1","position_or_property_location":{"address":"2 Fort St","city":"Victoria","#
                    + #""province_state":"BC","country":"CA","postal_code":"V8V","location_type":"Position Location"}}"#
            ])
        #expect(plan.apiPath == "/api/v1/hr")
        #expect(plan.keys == [ReportField("externalInfo.tag", "t-1")])
        #expect(plan.expectations == ["applicant:report_status=COMPLETE"])
        #expect(run.value?.keys == [ReportField("id", "A-1")])
        #expect(run.value?.shown.first == .init("reportStatus", .string("ANALYZING")))
    }

    @Test("an invitation requires only an e-mail address, and is identified by its applicant")
    func invitation() throws {
        let (_, run) = try #require(script).order(
            CertnLinkForm.self,
            [
                "invite": ["true"], "industry": ["pm"], "check": ["softcheck"], "owner-id": ["O-1"],
                "email": ["a@b.test"], "phone-number": ["1"], "first-name": ["Ana"],
                "fields-file": [#"{"package":"x"}"#],
            ], responding: #"{"id":"P-1","applicant":{"id":"A-1","status":"Pending"}}"#)
        #expect(run.lines == ["POST \(Self.root)/api/v1/pm/applications/invite/"])
        #expect(
            run.bodies == [
                #"{"information":{"first_name":"Ana"},"request_softcheck":true,"owner_id":"O-1","email":"a@b.test","#
                    + #""phone_number":"1","package":"x"}"#
            ])
        #expect(run.value?.keys == [ReportField("id", "A-1"), ReportField("application.id", "P-1")])
        #expect(run.value?.shown.first == .init("reportStatus", .string("Pending")))
    }

    @Test("the first user owns an order without an owner, and a dry run does not request users")
    func owner() throws {
        let script = try #require(script)
        var given = Self.quick
        given["owner-id"] = nil
        let users = ProviderResponse.json(200, #"{"results":[{"id":"U-1"},{"id":"U-2"}]}"#)
        let plan = try script.plan(CertnLinkForm.self, given, in: LinkContext(), [users])
        #expect(String(decoding: try #require(plan.call).request.body, as: UTF8.self).contains(#""owner_id":"U-1""#))
        let shown = try script.plan(CertnLinkForm.self, given, in: LinkContext(isDryRun: true))
        #expect(String(decoding: try #require(shown.call).request.body, as: UTF8.self).contains("the first user"))
        #expect(
            complaint {
                _ = try script.plan(CertnLinkForm.self, given, in: LinkContext(), [.json(200, #"{"results":[]}"#)])
            }?.contains("--owner-id") == true)
    }

    @Test(
        "input that Certn would reject is rejected before the call",
        arguments: [
            ("check", [], "Pass at least one --check, such as softcheck."),
            ("check", ["Soft"], "--check is not a valid check: use lower-case letters, digits and _."),
            ("check", ["request_"], "--check is not a valid check: use lower-case letters, digits and _."),
            ("check", ["a", "request_a"], "--check is repeated."),
            ("fields-file", [#"{"owner_id":"x"}"#], #"The field "owner_id" is set twice."#),
            ("industry", ["xx"], "--industry is not one of hr, pm."),
            ("invite", ["true"], "--invite needs --email."),
        ])
    func input(flag: String, texts: [String], sentence: String) throws {
        let script = try #require(script)
        let given = Self.quick.merging([flag: texts]) { $1 }
        #expect(complaint { _ = try script.order(CertnLinkForm.self, given) } == sentence)
    }

    @Test(
        "a quickscreen without a required field is rejected",
        arguments: ["first-name", "last-name", "city", "location-country"])
    func incomplete(flag: String) throws {
        let script = try #require(script)
        var given = Self.quick
        given[flag] = nil
        #expect(
            complaint { _ = try script.order(CertnLinkForm.self, given) }?.hasPrefix("A quickscreen needs") == true)
    }

    private func finding(
        _ lookup: any Lookup.Type, _ subject: String, _ given: [String: [String]] = [:],
        responding response: ProviderResponse
    ) throws -> APIScript.Run<Finding> {
        let script = try #require(script)
        return try script.run(
            try lookup.call(subject, try script.values(lookup.fields, given), for: script.account), [response])
    }

    @Test("users and applicants are listed with the members that a table shows")
    func lists() throws {
        let users = try finding(
            CertnUsers.self, "", responding: .json(200, #"{"results":[{"id":"U-1","email":"a@b.test","x":1}]}"#))
        #expect(users.lines == ["GET \(Self.root)/api/v1/users/"])
        guard case .list(let columns, let entries)? = users.value else {
            Issue.record("no list")
            return
        }
        #expect(columns.map(\.title) == ["USER", "EMAIL"])
        #expect(entries.map(\.compact) == [#"{"id":"U-1","email":"a@b.test"}"#])
        let page = try finding(
            CertnApplicants.self, "", ["industry": ["pm"], "page": ["2"], "search": ["a b"]],
            responding: .json(200, #"{"count":0,"results":[]}"#))
        #expect(page.lines == ["GET \(Self.root)/api/v1/pm/applicants/?page=2&search=a%20b"])
    }

    @Test("an applicant is fetched as a JSON object, and a report as a PDF or HTML file")
    func objects() throws {
        let applicant = try finding(CertnApplicant.self, "A/1", responding: .json(200, #"{"id":"A/1"}"#))
        #expect(applicant.lines == ["GET \(Self.root)/api/v1/hr/applicants/A%2F1/"])
        guard case .object(let value)? = applicant.value else {
            Issue.record("no object")
            return
        }
        #expect(value.rawText == #"{"id":"A/1"}"#)
        let pdf = try finding(CertnReport.self, "A-1", responding: .json(200, "%PDF-1.7"))
        #expect(pdf.lines == ["GET \(Self.root)/api/v2/reports/A-1/pdf/"])
        let page = try finding(CertnReport.self, "A-1", ["as": ["html"]], responding: .json(200, "<html>"))
        #expect(page.lines == ["GET \(Self.root)/api/v2/reports/A-1/web/"])
        #expect(
            callFailure { _ = try finding(CertnReport.self, "A-1", responding: .json(200, "<html>")) }
                == .unexpectedResponse("The file is not a PDF."))
    }

    @Test("a pending application is polled until its report is complete")
    func followUp() throws {
        let script = try #require(script)
        let rules = try #require(CertnLegacyAPI.description.followUp)
        let link = SweptLink(api: "\(Self.root)/api/v1/hr", keys: [ReportField("id", "A-1")])
        #expect(rules.linkSweep?(link) == FollowUpTarget("certn-applicant", "hr/A-1"))
        #expect(rules.linkSweep?(SweptLink(api: "\(Self.root)/api/v1/xx", keys: link.keys)) == nil)
        #expect(rules.linkSweep?(SweptLink(api: link.api, keys: [])) == nil)
        let call = try rules.tasks[0].call("hr/A-1", script.account, FollowUpContext())
        guard
            case .notYet(let text)? = try script.run(call, [.json(200, #"{"id":"A-1","report_status":"PENDING"}"#)])
                .value
        else {
            Issue.record("the report is not there")
            return
        }
        #expect(text == "the report is PENDING")
        let body = #"{ "id":"A-1", "report_status":"COMPLETE" }"#
        guard case .fetched(let request)? = try script.run(call, [.json(200, body)]).value else {
            Issue.record("nothing was fetched")
            return
        }
        #expect(request.target.text == "/api/v1/hr/applicants/A-1/")
        #expect(request.body == Array(body.utf8))
        #expect(request.peer == "api")
        for subject in ["A-1", "xx/A-1", ""] {
            #expect(complaint { _ = try rules.tasks[0].call(subject, script.account, FollowUpContext()) } != nil)
        }
    }

    @Test(
        "each error becomes a sentence that contains the path of its field",
        arguments: [
            (
                400, #"{"information":{"addresses":["This field is required."]}}"#,
                ["information.addresses: This field is required."], "Correct the fields"
            ),
            (400, #"{"a":[{},{"b":["x","y"]}],"c":"z"}"#, ["a[1].b: x", "a[1].b: y", "c: z"], "Correct the fields"),
            (
                400, #"{"request_equifax":["Account not configured for Equifax."]}"#,
                ["request_equifax: Account not configured for Equifax."], "Ask Certn to enable"
            ),
            (
                400, #"{"non_field_errors":["Cannot generate report for incomplete hr applicant."]}"#,
                ["Cannot generate report for incomplete hr applicant."], "Returned"
            ),
            (401, #"{"detail":"Not provided."}"#, ["Not provided."], "client_id"),
            (410, "", [], "Certn Centric"), (500, "<html>", [], "The provider failed"),
        ])
    func rejections(status: Int, body: String, words: [String], advice: String) throws {
        let rejection = try #require(script).rejection(status, body)
        #expect(rejection?.words == words)
        #expect(rejection?.advice?.contains(advice) == true)
    }

    @Test("an error response with deeply nested JSON does not overflow the stack")
    func deepError() throws {
        let deep = String(repeating: #"{"a":"#, count: 500) + #""x""# + String(repeating: "}", count: 500)
        let script = try #require(script)
        let rejection = try #require(script.rejection(400, deep))
        #expect(rejection.words.map(\.count) == [500])
    }
}
