import Deliveries
import ProviderClients
import StrictJSON
import Testing

@Suite("Calls of Certn's legacy API")
struct CertnLegacyCallTests {
    private static let root = "https://demo-api.certn.co"
    private static let get = "\nAccept: application/json\nAuthorization: Bearer T0KEN"
    private static let post =
        "\nContent-Type: application/json\nAccept: application/json\nAuthorization: Bearer T0KEN\n\n"

    private static func quickOrder() -> CertnQuickOrder {
        var home = CertnAddress(address: "1006 Fort St Unit 300", city: "Victoria", provinceState: "BC", country: "CA")
        home.isCurrent = true
        var applicant = CertnApplicant(firstName: "Andrew", lastName: "McLeod")
        applicant.addresses = [home]
        var location = CertnAddress(
            address: "2680 Blanshard St Unit 3", city: "Victoria", provinceState: "BC", country: "CA")
        location.postalCode = "V8T5E1"
        location.locationType = "Position Location"
        return CertnQuickOrder(
            checks: ["request_softcheck"], applicant: applicant, ownerID: "owner-1", location: location)
    }

    @Test("the token is asked for with the pair in Basic and a form")
    func token() async throws {
        let provider = ScriptedProvider(200, #"{"access_token":"abc","expires_in":36000}"#)
        let clock = ManualClock()
        let client = try Accounts.legacy(provider, clock: clock)
        let token = try await client.send(client.authenticate())
        #expect(token.text == "abc")
        #expect(token.expiresAt == clock.now.advanced(byMilliseconds: 36_000_000))
        #expect(
            provider.texts == [
                "POST \(Self.root)/token/\nContent-Type: application/x-www-form-urlencoded\nAccept: application/json\n"
                    + "Authorization: Basic Y2xpZW50LTE6dGVzdC1zM2NyZXQ=\n\ngrant_type=client_credentials"
            ])
    }

    @Test("users are listed with their ids")
    func users() async throws {
        let provider = ScriptedProvider(200, #"{"count":1,"results":[{"id":"u-1"}]}"#)
        let client = try Accounts.legacy(provider)
        let page = try await client.send(client.users())
        #expect(page.ids == ["u-1"])
        #expect(page.count == 1)
        #expect(provider.texts == ["GET \(Self.root)/api/v1/users/\(Self.get)"])
    }

    @Test("a quickscreen says everything in the documented order", arguments: CertnLegacyClient.Industry.allCases)
    func quick(industry: CertnLegacyClient.Industry) async throws {
        let provider = ScriptedProvider(201, #"{"id":"a-1","report_status":"ANALYZING","status":"Analyzing"}"#)
        let client = try Accounts.legacy(provider)
        var order = Self.quickOrder()
        order.tag = "t-1"
        order.more = try FreeObject(#"{ "us_criminal_record_check_years": 7 }"#, name: "more")
        let application = try await client.send(try client.order(order, for: industry))
        #expect(application.id == "a-1")
        #expect(application.reportStatus == "ANALYZING")
        #expect(application.applicantID == nil)
        let body =
            #"{"request_softcheck":true,"information":{"first_name":"Andrew","last_name":"McLeod","addresses":"#
            + #"[{"address":"1006 Fort St Unit 300","city":"Victoria","province_state":"BC","country":"CA","#
            + #""current":true}]},"owner_id":"owner-1","position_or_property_location":{"address":"#
            + #""2680 Blanshard St Unit 3","city":"Victoria","province_state":"BC","country":"CA","#
            + #""postal_code":"V8T5E1","location_type":"Position Location"},"tag":"t-1","#
            + #""us_criminal_record_check_years":7}"#
        #expect(
            provider.texts == ["POST \(Self.root)/api/v1/\(industry.rawValue)/applications/quick/\(Self.post)\(body)"])
    }

    @Test("an invitation says everything in the documented order")
    func invite() async throws {
        let provider = ScriptedProvider(201, #"{"id":"app-1","applicant":{"id":"a-1","status":"Pending"}}"#)
        let client = try Accounts.legacy(provider)
        var order = CertnInviteOrder(
            email: "ana@example.com", checks: ["request_softcheck", "request_us_criminal_record_check_tier_1"],
            ownerID: "owner-1")
        order.phoneNumber = "250"
        order.tag = "t"
        order.applicant = CertnApplicant(firstName: "Ana")
        let application = try await client.send(try client.invite(order, for: .propertyManagement))
        #expect(application.id == "app-1")
        #expect(application.applicantID == "a-1")
        #expect(application.status == "Pending")
        let body =
            #"{"email":"ana@example.com","request_softcheck":true,"request_us_criminal_record_check_tier_1":true,"#
            + #""owner_id":"owner-1","phone_number":"250","tag":"t","information":{"first_name":"Ana"}}"#
        #expect(provider.texts == ["POST \(Self.root)/api/v1/pm/applications/invite/\(Self.post)\(body)"])
    }

    @Test("an applicant is asked for by id, applicants page by page")
    func applicants() async throws {
        let provider = ScriptedProvider([
            .json(200, #"{"id":"a-1","report_status":"COMPLETE"}"#),
            .json(200, #"{"count":2,"next":"n","previous":null,"results":[{"id":"a"},{"id":"b"}]}"#),
        ])
        let client = try Accounts.legacy(provider)
        #expect(try await client.send(try client.applicant("a-1", for: .humanResources)).reportStatus == "COMPLETE")
        var paging = CertnPaging()
        paging.page = 2
        paging.pageSize = 50
        paging.ordering = "-created"
        paging.search = "a b"
        paging.offset = 0
        paging.limit = 10
        paging.team = "t"
        paging.owner = "o"
        let page = try await client.send(try client.applicants(paging, for: .humanResources))
        #expect(page.ids == ["a", "b"])
        #expect(page.next == "n")
        #expect(page.previous == nil)
        #expect(
            provider.texts == [
                "GET \(Self.root)/api/v1/hr/applicants/a-1/\(Self.get)",
                "GET \(Self.root)/api/v1/hr/applicants/?page=2&page_size=50&ordering=-created&search=a%20b&offset=0"
                    + "&limit=10&team=t&owner=o\(Self.get)",
            ])
    }

    @Test("reports come in both forms", arguments: [("pdf", "%PDF-1.7"), ("web", "<p>")])
    func reports(form: String, body: String) async throws {
        let provider = ScriptedProvider(200, body, headers: [HeaderField("Content-Type", "x/y")])
        let client = try Accounts.legacy(provider)
        let form = try #require(CertnLegacyClient.ReportForm(rawValue: form))
        let file = try await client.send(try client.report(of: "a-1", as: form))
        #expect(file.bytes == Array(body.utf8))
        #expect(file.contentType == "x/y")
        #expect(
            provider.texts == [
                "GET \(Self.root)/api/v2/reports/a-1/\(form.rawValue)/\nAccept: */*\nAuthorization: Bearer T0KEN"
            ])
    }

    @Test("what is no PDF is not taken for one")
    func noPDF() async throws {
        let client = try Accounts.legacy(ScriptedProvider(200, "<html>"))
        let failure = await failure { _ = try await client.send(try client.report(of: "a-1")) }
        #expect(failure == .unexpectedResponse("The file that came is no PDF."))
    }

    @Test("what Certn would reject is found before")
    func input() throws {
        let client = try Accounts.legacy(ScriptedProvider(200, ""))
        func complaintOf(_ change: (inout CertnQuickOrder) throws -> Void) rethrows -> String? {
            var order = Self.quickOrder()
            try change(&order)
            let changed = order
            return complaint { _ = try client.order(changed, for: .humanResources) }
        }
        #expect(complaintOf { _ in } == nil)
        #expect(complaintOf { $0.checks = [] }?.contains("no check") == true)
        #expect(complaintOf { $0.checks = ["softcheck"] }?.contains("request_") == true)
        #expect(complaintOf { $0.checks = ["request_"] }?.contains("request_") == true)
        #expect(complaintOf { $0.checks = ["request_a", "request_a"] } == "The check request_a is named twice.")
        #expect(complaintOf { $0.ownerID = "" } == "owner_id is empty.")
        #expect(complaintOf { $0.applicant.lastName = nil } == "information.last_name is empty.")
        #expect(complaintOf { $0.applicant.addresses = [] } == "information.addresses is empty.")
        #expect(complaintOf { $0.location.city = "" } == "position_or_property_location: city is empty.")
        #expect(
            try complaintOf { $0.more = try FreeObject(#"{"owner_id":"x"}"#, name: "more") }
                == #"The field "owner_id" is given twice."#)
        #expect(
            complaint {
                _ = try client.invite(
                    CertnInviteOrder(email: "ana", checks: ["request_a"], ownerID: "o"), for: .humanResources)
            } == "email is no e-mail address.")
        var paging = CertnPaging()
        paging.page = 0
        #expect(complaint { _ = try client.applicants(paging, for: .humanResources) } == "page is below 1.")
    }

    @Test(
        "errors are flattened to sentences with the way to their field",
        arguments: [
            (
                400, #"{"information":{"addresses":["This field is required."]}}"#,
                ["information.addresses: This field is required."], "Correct the fields"
            ),
            (400, #"{"city":["Not a valid string."]}"#, ["city: Not a valid string."], "Correct the fields"),
            (400, #"{"a":[{},{"b":["x","y"]}],"c":"z"}"#, ["a[1].b: x", "a[1].b: y", "c: z"], "Correct the fields"),
            (
                400, #"{"request_equifax":["Account not configured for Equifax."]}"#,
                ["request_equifax: Account not configured for Equifax."], "Ask Certn to enable"
            ),
            (
                400, #"{"non_field_errors":["Cannot generate report for incomplete hr applicant."]}"#,
                ["Cannot generate report for incomplete hr applicant."], "Returned"
            ),
            (
                401, #"{"detail":"Authentication credentials were not provided."}"#,
                ["Authentication credentials were not provided."], "client_id"
            ),
            (403, #"{"detail":"No."}"#, ["No."], "allow this call"),
            (404, #"{"detail":"Not found."}"#, ["Not found."], "identifier"),
            (410, "", [], "CertnCentric"), (500, "<html>", [], "provider's"),
        ])
    func errors(status: Int, body: String, words: [String], advice: String) async throws {
        let client = try Accounts.legacy(ScriptedProvider(status, body))
        let rejection = await rejection { _ = try await client.send(client.authenticate()) }
        #expect(rejection?.status == status)
        #expect(rejection?.words == words)
        #expect(rejection?.advice?.contains(advice) == true)
    }

    @Test("an error as deep as JSON may be costs no stack")
    func deepError() async throws {
        let deep = String(repeating: #"{"a":"#, count: 500) + #""x""# + String(repeating: "}", count: 500)
        let client = try Accounts.legacy(ScriptedProvider(400, deep))
        let rejection = try #require(await rejection { _ = try await client.send(client.authenticate()) })
        #expect(rejection.words.count == 1)
        #expect(rejection.words.allSatisfy { $0.count == 500 })
    }
}
