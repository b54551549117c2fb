import Deliveries
import ProviderClients
import StrictJSON
import Testing

@Suite("Calls of CertnCentric's API")
struct CertnCentricCallTests {
    private static let root = "https://api.sandbox.certn.co/api/public"
    private static let get = "\nAccept: application/json\nAuthorization: Api-Key sk_test_s3cret"
    private static let post =
        "\nContent-Type: application/json\nAccept: application/json\nAuthorization: Api-Key sk_test_s3cret\n\n"
    private static let caseText =
        #"{"id":"c-1","short_id":"S","created":"2026","overall_status":"COMPLETE","overall_score":"CLEAR","#
        + #""email_address":"a@b.c","invite_link":"https://i"}"#

    @Test("a case is read by its id")
    func oneCase() async throws {
        let provider = ScriptedProvider(200, Self.caseText)
        let client = try Accounts.centric(provider)
        let found = try await client.send(try client.case("c-1"))
        #expect(found.id == "c-1")
        #expect(found.shortID == "S")
        #expect(found.overallStatus == "COMPLETE")
        #expect(found.inviteLink == "https://i")
        #expect(provider.texts == ["GET \(Self.root)/cases/c-1/\(Self.get)"])
    }

    @Test("an order says everything in the documented order")
    func order() async throws {
        let provider = ScriptedProvider(201, #"{"id":"c-1"}"#)
        let client = try Accounts.centric(provider)
        var claims = CentricInputClaims()
        claims.givenName = "Ana"
        claims.familyName = "Silva"
        claims.dateOfBirth = "1990-02-28"
        claims.residences = [
            .init(
                streetAddress: "1 A St", locality: "Victoria", administrativeDivision1: "BC", postalCode: "V8T",
                country: "CA", startDate: "2020-01-01")
        ]
        var order = CentricCaseOrder(
            emailAddress: "a@b.c", sendsInviteEmail: false, returnsInviteLink: false,
            checks: [
                .init("IDENTITY_VERIFICATION_1"),
                .init("CREDIT_REPORT_1", arguments: try FreeObject(#"{"x": 1}"#, name: "arguments")),
            ])
        order.inputClaims = claims
        order.more = try FreeObject(#"{"tags":["t"]}"#, name: "more")
        #expect(try await client.send(try client.order(order)).id == "c-1")
        let body =
            #"{"email_address":"a@b.c","send_invite_email":false,"return_invite_link":false,"#
            + #""check_types_with_arguments":{"IDENTITY_VERIFICATION_1":{},"CREDIT_REPORT_1":{"x": 1}},"#
            + #""input_claims":{"name":{"given_name":"Ana","family_name":"Silva"},"date_of_birth":"1990-02-28","#
            + #""residences":[{"address":{"street_address":"1 A St","locality":"Victoria","#
            + #""administrative_division_1":"BC","postal_code":"V8T","country":"CA"},"start_date":"2020-01-01"}]},"#
            + #""tags":["t"]}"#
        #expect(provider.texts == ["POST \(Self.root)/cases/order/\(Self.post)\(body)"])
    }

    @Test("a package is ordered by its name")
    func package() async throws {
        let provider = ScriptedProvider(201, #"{"id":"c-1"}"#)
        let client = try Accounts.centric(provider)
        let order = CentricPackageOrder(package: "p-1", emailAddress: "a@b.c")
        #expect(try await client.send(try client.order(order)).id == "c-1")
        #expect(
            provider.texts == [
                "POST \(Self.root)/cases/order-package/\(Self.post)" + #"{"package":"p-1","email_address":"a@b.c"}"#
            ])
    }

    @Test("a case is cancelled without a body, and 204 is a yes")
    func cancel() async throws {
        let provider = ScriptedProvider(204, "")
        let client = try Accounts.centric(provider)
        try await client.send(try client.cancel("c-1"))
        #expect(provider.texts == ["POST \(Self.root)/cases/c-1/cancel/\(Self.get)"])
    }

    @Test("a report is made, watched and fetched without our key")
    func report() async throws {
        let provider = ScriptedProvider([
            .json(201, #"{"case_report_file_id":"f-1"}"#), .json(200, #"{"status":"PENDING","pdf_url":null}"#),
            .json(200, #"{"status":"COMPLETE","pdf_url":"https://files.example/f.pdf?sig=1"}"#),
            .json(200, "%PDF-1.4"),
        ])
        let client = try Accounts.centric(provider)
        let id = try await client.send(try client.generateReport(of: "c-1"))
        #expect(id == "f-1")
        let pending = try await client.send(try client.reportFile(id))
        #expect(pending.status == "PENDING")
        #expect(pending.pdfURL == nil)
        let url = try #require(try await client.send(try client.reportFile(id)).pdfURL)
        #expect(try await client.send(try client.downloadReport(from: url)).bytes == Array("%PDF-1.4".utf8))
        #expect(
            provider.texts == [
                "POST \(Self.root)/cases/c-1/generate-report/\(Self.post)" + #"{"language":"en-CA"}"#,
                "GET \(Self.root)/cases/report-files/f-1/\(Self.get)",
                "GET \(Self.root)/cases/report-files/f-1/\(Self.get)",
                "GET https://files.example/f.pdf?sig=1\nAccept: application/pdf",
            ])
    }

    @Test(
        "a PDF is not fetched from where others can look on",
        arguments: ["http://files.example/f.pdf", "/f.pdf", "file:///etc/passwd", "https://u:p@files.example/f", ""])
    func badPDFAddress(url: String) throws {
        let client = try Accounts.centric(ScriptedProvider(200, ""))
        #expect(
            complaint { _ = try client.downloadReport(from: Credential(url)) }
                == "The address of the PDF is no https address.")
    }

    @Test("a PDF may come from this machine")
    func loopbackPDF() throws {
        let client = try Accounts.centric(ScriptedProvider(200, ""))
        #expect(complaint { _ = try client.downloadReport(from: Credential("http://127.0.0.1:1/f")) } == nil)
    }

    @Test("what Centric would reject is found before")
    func input() throws {
        let client = try Accounts.centric(ScriptedProvider(200, ""))
        func complaintOf(_ change: (inout CentricCaseOrder) -> Void) -> String? {
            var order = CentricCaseOrder(
                emailAddress: "a@b.c", sendsInviteEmail: true, returnsInviteLink: false, checks: [.init("A")])
            change(&order)
            let changed = order
            return complaint { _ = try client.order(changed) }
        }
        #expect(complaintOf { _ in } == nil)
        #expect(complaintOf { $0.emailAddress = "a" } == "email_address is no e-mail address.")
        #expect(complaintOf { $0.checks = [] }?.contains("no check") == true)
        #expect(complaintOf { $0.checks = [.init("A"), .init("A")] } == "The check A is named twice.")
        #expect(complaintOf { $0.sendsInviteEmail = false }?.contains("input_claims") == true)
        #expect(
            complaintOf { order in
                var claims = CentricInputClaims()
                claims.dateOfBirth = "1990-02-30"
                order.inputClaims = claims
            }?.contains("date_of_birth") == true)
        #expect(complaint { _ = try client.order(CentricPackageOrder(package: "", emailAddress: "a@b.c")) } != nil)
    }

    @Test(
        "errors keep Centric's words and code",
        arguments: [
            (
                400,
                #"{"type":"validation_error","errors":[{"code":"required","detail":"This field is required.","attr":"email_address"},{"code":"x","detail":"No.","attr":null}]}"#,
                "required", ["email_address: This field is required.", "No."], "Correct the fields"
            ),
            (
                401, #"{"type":"client_error","errors":[{"code":"not_authenticated","detail":"No key.","attr":null}]}"#,
                "not_authenticated", ["No key."], "365 days"
            ),
            (403, #"{"type":"client_error","errors":[]}"#, "client_error", [], "allow this call"),
            (
                404, #"{"type":"client_error","errors":[{"code":"not_found","detail":"Not found."}]}"#, "not_found",
                ["Not found."], "identifier"
            ),
            (
                500, #"{"type":"server_error","errors":[{"code":"error","detail":"A server error occurred."}]}"#,
                "error",
                ["A server error occurred."], "provider's"
            ),
        ])
    func errors(status: Int, body: String, code: String, words: [String], advice: String) async throws {
        let client = try Accounts.centric(ScriptedProvider(status, body))
        let rejection = await rejection { _ = try await client.send(try client.case("c")) }
        #expect(rejection?.status == status)
        #expect(rejection?.code == code)
        #expect(rejection?.words == words)
        #expect(rejection?.advice?.contains(advice) == true)
    }
}
