import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certn Centric: orders")
struct CentricOrderTests {
    @Test("an order for a link returns the case with the link")
    func invites() {
        let bench = CentricDesk.open()
        let reply = bench.authorized("POST", "/cases/order/", CentricDesk.invitation)
        #expect(reply.status == 201)
        let json = reply.json
        #expect(json["overall_status"] == "CASE_ORDERED")
        #expect(json["email_address"] == "ana@example.com")
        #expect(json["short_id"]?.string?.isEmpty == false)
        #expect(json["created"] == .string("2026-05-28T20:26:40.000Z"))
        let id = json["id"]?.string ?? ""
        #expect(json["invite_link"] == .string("http://127.0.0.1:9900/centric/invite?case=\(id)"))
        #expect(bench.status(of: id) == "APPLICANT_INVITED")
    }

    @Test("an order has no link if it sends an e-mail or contains all data of the person")
    func noLink() {
        let bench = CentricDesk.open()
        let mailed = CentricDesk.invitation.setting("return_invite_link", false).setting("send_invite_email", true)
        let reply = bench.authorized("POST", "/cases/order/", mailed)
        #expect(reply.status == 201)
        #expect(reply.json["invite_link"] == .null)
        #expect(bench.status(of: reply.json["id"]?.string ?? "") == "APPLICANT_INVITED")
        let quick = bench.authorized("POST", "/cases/order/", CentricDesk.quickscreen)
        #expect(quick.status == 201)
        #expect(quick.json["invite_link"] == .null)
        #expect(bench.status(of: quick.json["id"]?.string ?? "") == "IN_PROGRESS")
    }

    @Test("a case contains its order")
    func shows() {
        let bench = CentricDesk.open()
        let id = bench.order(CentricDesk.quickscreen)
        let json = bench.authorized("GET", "/cases/\(id.uppercased())/").json
        #expect(json["id"]?.string == id)
        #expect(json["overall_score"] == .null)
        #expect(json["input_claims"]?["name"]?["family_name"] == "Souza")
        #expect(json["tags"] == ["hiring"])
        let checks = json["checks"]?.elements ?? []
        #expect(checks.map { $0["type"] } == ["IDENTITY_VERIFICATION_1", "MOTOR_VEHICLE_RECORD_1"])
        #expect(checks.allSatisfy { $0["status"] == "IN_PROGRESS" })
        for name in ["id", "short_id", "score", "sub_score", "adjudication_score", "adjudication_sub_score"] {
            #expect(checks.allSatisfy { $0[name] != nil })
        }
    }

    private static let faults: [(JSON, String, String, String)] = {
        let quick = CentricDesk.quickscreen
        let claims = quick["input_claims"] ?? .null
        func claiming(_ name: String, _ value: JSON) -> JSON {
            quick.setting("input_claims", claims.setting(name, value))
        }
        func without(_ name: String, _ object: JSON) -> JSON {
            .object((object.members ?? []).filter { $0.name != name })
        }
        let required = "This field is required."
        let noText = "Not a valid string."
        let noDate = "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."
        let types = "check_types_with_arguments"
        return [
            (without("email_address", quick), "email_address", "required", required),
            (quick.setting("email_address", "ana"), "email_address", "invalid", "Enter a valid email address."),
            (quick.setting("email_address", ""), "email_address", "blank", "This field may not be blank."),
            (quick.setting("email_address", nil), "email_address", "null", "This field may not be null."),
            (quick.setting("email_address", 5), "email_address", "invalid", noText),
            (without(types, quick), types, "required", required),
            (quick.setting(types, [:]), types, "empty", "This dictionary may not be empty."),
            (
                quick.setting(types, ["IDENTITY_VERIFICATION_1"]), "\(types).non_field_errors", "invalid",
                "Invalid data. Expected a dictionary, but got list."
            ),
            (
                quick.setting(types, ["PALMISTRY_1": [:]]), "\(types).PALMISTRY_1", "invalid_choice",
                "\"PALMISTRY_1\" is not a valid choice."
            ),
            (
                quick.setting(types, ["IDENTITY_VERIFICATION_1": true]),
                "\(types).IDENTITY_VERIFICATION_1.non_field_errors", "invalid",
                "Invalid data. Expected a dictionary, but got bool."
            ),
            (quick.setting("send_invite_email", "no"), "send_invite_email", "invalid", "Must be a valid boolean."),
            (quick.setting("return_invite_link", 0), "return_invite_link", "invalid", "Must be a valid boolean."),
            (
                quick.setting("input_claims", without("name", claims)), "input_claims.name", "required", required
            ),
            (
                quick.setting("input_claims", without("date_of_birth", claims)), "input_claims.date_of_birth",
                "required", required
            ),
            (claiming("name", ["given_name": "Ana"]), "input_claims.name.family_name", "required", required),
            (
                claiming("name", ["given_name": 1, "family_name": "S"]), "input_claims.name.given_name", "invalid",
                noText
            ),
            (claiming("date_of_birth", "28.02.1990"), "input_claims.date_of_birth", "invalid", noDate),
            (
                claiming("residences", [["start_date": "2020-01-01"]]), "input_claims.residences.0.address",
                "required", required
            ),
            (
                claiming(
                    "residences",
                    [["address": ["street_address": "a", "locality": "b", "country": "c"], "start_date": 1]]),
                "input_claims.residences.0.start_date", "invalid", noDate
            ),
            (
                claiming("residences", [["address": ["street_address": "a", "locality": "b"]]]),
                "input_claims.residences.0.address.country", "required", required
            ),
            (
                quick.setting("input_claims", "Ana").setting("return_invite_link", true),
                "input_claims.non_field_errors", "invalid", "Invalid data. Expected a dictionary, but got str."
            ),
            (["x"], "non_field_errors", "invalid", "Invalid data. Expected a dictionary, but got list."),
        ]
    }()

    @Test("the error for an invalid order names the field", arguments: faults)
    func rejects(body: JSON, attribute: String, code: String, detail: String) throws {
        let bench = CentricDesk.open()
        try bench.enable()
        let reply = bench.authorized("POST", "/cases/order/", body)
        #expect(reply.status == 400)
        #expect(reply.json["type"] == "validation_error")
        let error: JSON = ["code": "\(code)", "detail": "\(detail)", "attr": "\(attribute)"]
        #expect(reply.json["errors"] == [error])
        #expect(bench.takeSent().isEmpty)
    }

    @Test("an empty order gets an error for each required field, and malformed JSON is a parse error")
    func rejectsBodies() {
        let bench = CentricDesk.open()
        let attributes = bench.authorized("POST", "/cases/order/").json["errors"]?.elements?.map {
            $0["attr"]?.string
        }
        #expect(
            attributes == ["email_address", "check_types_with_arguments", "input_claims"])
        let broken = bench.authorized("POST", "/cases/order/", text: "{")
        #expect(broken.status == 400)
        #expect(broken.json["type"] == "client_error")
        #expect(broken.json["errors"]?.elements?.first?["code"] == "parse_error")
    }

    @Test("a package order requires a known package and an address, and sends an invitation")
    func ordersPackage() {
        let bench = CentricDesk.open()
        let reply = bench.authorized(
            "POST", "/cases/order-package/",
            ["package": "c3b8a5f2-6d47-4e1b-9f20-8a7b6c5d4e03", "email_address": "ana@example.com"])
        #expect(reply.status == 201)
        let id = reply.json["id"]?.string ?? ""
        #expect(reply.json["invite_link"] == .null)
        let json = bench.authorized("GET", "/cases/\(id)/").json
        #expect(json["overall_status"] == "APPLICANT_INVITED")
        #expect(
            json["checks"]?.elements?.map { $0["type"] }
                == ["IDENTITY_VERIFICATION_1", "BASIC_CANADIAN_CRIMINAL_RECORD_REPORT_1"])
    }

    @Test(
        "the error for an invalid package order names the field",
        arguments: [
            (["email_address": "ana@example.com"], "package", "required"),
            (["email_address": "ana@example.com", "package": "basic"], "package", "invalid"),
            (
                ["email_address": "ana@example.com", "package": "123e4567-e89b-42d3-a456-426614174000"], "package",
                "does_not_exist"
            ),
            (["package": "c3b8a5f2-6d47-4e1b-9f20-8a7b6c5d4e03"], "email_address", "required"),
        ] as [(JSON, String, String)])
    func rejectsPackage(body: JSON, attribute: String, code: String) {
        let bench = CentricDesk.open()
        let reply = bench.authorized("POST", "/cases/order-package/", body)
        #expect(reply.status == 400)
        let errors = reply.json["errors"]?.elements ?? []
        #expect(errors.map { $0["attr"]?.string } == [attribute])
        #expect(errors.map { $0["code"]?.string } == [code])
    }
}
