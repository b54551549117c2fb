import Deliveries
import Foundation
import StrictJSON

@testable import ProviderSandbox

typealias KlaviDesk = Desk<FakeKlavi>

extension Desk where Provider == FakeKlavi {
    static var cpf: String { "12345678909" }
    static var cnpj: String { "12345678000195" }
    static var permissions: [String] {
        ["REGISTRATION_ALL", "ACCOUNTS_ALL", "CREDIT_CARDS_ALL", "CREDIT_OPERATIONS_ALL", "INVESTMENTS_ALL"]
    }

    /// A desk for Klavi.
    ///
    /// - Parameter console: the registered URL; nil for none.
    static func open(console: String? = "http://127.0.0.1:1/console") -> KlaviDesk {
        let desk = KlaviDesk(FakeKlavi(), now: 1_700_000_000)
        if let console { try? desk.register(console) }
        return desk
    }

    func call(
        _ method: String, _ target: String, _ body: JSON? = nil, text: String = "", token: String?
    ) -> Response {
        let headers = token.map { [HeaderField("Authorization", "Bearer \($0)")] } ?? []
        return call(method, target, body, text: text, headers: headers)
    }

    func logIn() -> String {
        call("POST", "/data/v1/auth", ["accessKey": "sandbox-access-key", "secretKey": "klavi-test-secret"])
            .json["accessToken"]?.string ?? ""
    }

    /// Creates a link and discards its event.
    func link(_ fields: JSON = ["personalTaxId": "12345678909"]) -> (id: String, token: String) {
        let json = call("POST", "/data/v1/links", fields, token: logIn()).json
        sent = []
        return (json["linkId"]?.string ?? "", json["linkToken"]?.string ?? "")
    }

    /// The response to a form that a browser submits.
    func decide(
        _ token: String, _ decision: String = "authorise", institution: String? = "033",
        permissions: [String] = KlaviDesk.permissions, extra: String = ""
    ) -> Response {
        var fields = ["v=\(token)", "decision=\(decision)"]
        if let institution { fields.append("institution=\(institution)") }
        fields += permissions.map { "permission=\($0)" }
        return call("POST", "/conecte", text: fields.joined(separator: "&") + extra)
    }
}

/// The body of a Klavi API error.
func klaviError(_ status: Int, _ error: String, _ message: JSON, code: Int? = nil) -> JSON {
    ["statusCode": .integer(code ?? status), "error": "\(error)", "message": message]
}

func klaviBusinessError(_ code: Int, _ message: String) -> JSON {
    klaviError(416, "Requested Range Not Satisfiable", "\(message)", code: code)
}

typealias LegacyDesk = Desk<FakeCertnLegacy>

extension Desk where Provider == FakeCertnLegacy {
    static var userID: String { "5f0b9a54-6c1e-4a53-9d4e-2f6a8c1b7e30" }

    static func open() -> LegacyDesk { LegacyDesk(FakeCertnLegacy(), now: 1_780_000_000) }

    static var quick: JSON {
        [
            "request_softcheck": true, "owner_id": "\(userID)", "tag": "hire-7",
            "information": [
                "first_name": "Ana", "last_name": "Souza",
                "addresses": [
                    [
                        "address": "1006 Fort St Unit 300", "city": "Victoria", "province_state": "BC",
                        "country": "CA", "current": true,
                    ]
                ],
            ],
            "position_or_property_location": [
                "address": "2680 Blanshard St Unit 3", "city": "Victoria", "province_state": "BC", "country": "CA",
                "postal_code": "V8T5E1", "location_type": "Position Location",
            ],
        ]
    }

    static var invite: JSON {
        ["email": "ana@example.com", "request_criminal_record_check": true, "owner_id": "\(userID)"]
    }

    func token(
        grant: String = "client_credentials", user: String = "sandbox-client",
        password: String = "sandbox-client-secret"
    ) -> Response {
        let credentials = HeaderField("Authorization", Signature.basic(user, password))
        return call("POST", "/token/", text: "grant_type=\(grant)", headers: [credentials])
    }

    /// Makes a call with a new token.
    func authorized(_ method: String, _ target: String, _ body: JSON? = nil, text: String = "") -> Response {
        let value = token().json["access_token"]?.string ?? ""
        return call(method, target, body, text: text, headers: [HeaderField("Authorization", "Bearer \(value)")])
    }
}

typealias CentricDesk = Desk<FakeCertnCentric>

extension Desk where Provider == FakeCertnCentric {
    static var hook: String { "http://127.0.0.1:8080/certn" }

    static func open() -> CentricDesk { CentricDesk(FakeCertnCentric(), now: 1_780_000_000) }

    static var invitation: JSON {
        [
            "email_address": "ana@example.com", "return_invite_link": true, "send_invite_email": false,
            "check_types_with_arguments": ["IDENTITY_VERIFICATION_1": [:]],
        ]
    }

    static var quickscreen: JSON {
        [
            "email_address": "ana@example.com", "tag": "hiring",
            "check_types_with_arguments": ["IDENTITY_VERIFICATION_1": [:], "MOTOR_VEHICLE_RECORD_1": [:]],
            "input_claims": [
                "name": ["given_name": "Ana", "family_name": "Souza"], "date_of_birth": "1990-02-28",
                "residences": [
                    [
                        "address": [
                            "street_address": "1 Fort St", "locality": "Victoria", "country": "CA",
                            "administrative_division_1": "BC", "postal_code": "V8V3K4",
                        ],
                        "start_date": "2020-01-01",
                    ]
                ],
            ],
        ]
    }

    func authorized(_ method: String, _ target: String, _ body: JSON? = nil, text: String = "") -> Response {
        let key = HeaderField("Authorization", "Api-Key sk_test_sandbox")
        return call(method, "/api/public\(target)", body, text: text, headers: [key])
    }

    func order(_ body: JSON) -> String {
        authorized("POST", "/cases/order/", body).json["id"]?.string ?? ""
    }

    func status(of id: String) -> String? {
        authorized("GET", "/cases/\(id)/").json["overall_status"]?.string
    }

    /// Registers the URL and echoes the challenge.
    func enable() throws {
        try register(Self.hook)
        for callback in takeSent() {
            let challenge = callback.url.split(separator: "=").last.map { Array($0.utf8) } ?? []
            conclude(callback, .delivered(status: 200, body: challenge))
        }
    }
}

typealias EZiDDesk = Desk<FakeEZiD>

extension Desk where Provider == FakeEZiD {
    static func open() -> EZiDDesk { EZiDDesk(FakeEZiD(), now: 1_795_255_200) }

    /// Makes a call with correct credentials and these fields.
    func post(_ target: String, _ fields: JSON) -> Response {
        let credentials: JSON = ["client_id": "ezid-sandbox-client", "client_secret": "ezid-sandbox-secret"]
        return call("POST", target, credentials.merging(fields))
    }

    /// The reason of a rejection with status 400; nil for other responses.
    func failure(_ target: String, _ fields: JSON) -> String? {
        let response = post(target, fields)
        return response.status == 400 && response.json["success"] == false ? response.json["reason"]?.string : nil
    }

    /// The query of a link that is created with these fields.
    func link(_ fields: JSON = [:]) -> [String: String] {
        let all: JSON = ["email": "ana.souza@example.com", "push_email": "No"]
        return query(of: post("/email-link/send", all.merging(fields)).json["email_link"]?.string ?? "")
    }

    func query(of url: String) -> [String: String] {
        let items = URLComponents(string: url)?.queryItems ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    func tokens(code: String?) -> JSON {
        post("/email-link/verify", ["auth_code": .optional(code)]).json
    }
}

typealias CertificallDesk = Desk<FakeCertificall>

extension Desk where Provider == FakeCertificall {
    static func open() -> CertificallDesk { CertificallDesk(FakeCertificall(), now: 1_795_255_200) }

    /// A desk that has logged in and sends the token in every call.
    static func loggedIn() -> CertificallDesk {
        let desk = open()
        desk.headers = [HeaderField("Authorization", "Bearer \(desk.logIn())")]
        return desk
    }

    func logIn() -> String {
        call("POST", "/certificall/api/auth/token", ["username": "sandbox", "password": "sandbox-password"])
            .json["token"]?.string ?? ""
    }

    /// Creates a link and returns its target.
    func link(_ fields: JSON = [:]) -> String {
        let body: JSON = ["reportToken": "case-001", "frameId": 1]
        return (call("POST", "/certilink/create", body.merging(fields)).json["url"]?.string ?? "").target
    }

    /// The message of an error with this status; nil if the response is not such an error.
    func message(_ status: Int, _ response: Response) -> String? {
        let error = [400: "Bad Request", 404: "Not Found"][status]
        guard response.status == status, response.json["statusCode"]?.integer == status,
            response.json["error"]?.string == error
        else { return nil }
        return response.json["message"]?.string
    }
}
