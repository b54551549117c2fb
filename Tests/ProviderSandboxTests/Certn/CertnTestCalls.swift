import Foundation

@testable import ProviderSandbox

/// An imitation, a time that the test sets, and everything that was handed over for delivery.
struct CertnBench<Provider: Imitation> {
    static var baseURL: String { "http://127.0.0.1:9900" }

    var provider: Provider
    var now = Date(timeIntervalSince1970: 1_780_000_000)
    var random = SeededRandom(seed: 7)
    var sent: [Callback] = []

    init(_ provider: Provider) {
        self.provider = provider
    }

    mutating func inWorld<Value>(_ act: (inout Provider, inout World) throws -> Value) rethrows -> Value {
        var world = World(now: now, baseURL: Self.baseURL, random: random)
        defer {
            random = world.random
            sent += world.outbox
        }
        return try act(&provider, &world)
    }

    mutating func call(
        _ method: String, _ target: String, _ body: JSON? = nil, text: String? = nil, headers: [HeaderLine] = []
    ) -> APIReply {
        let request = APIRequest(
            method: method, target: target, headers: headers, body: body?.bytes ?? Array((text ?? "").utf8))
        return inWorld { $0.answer(request, &$1) } ?? APIReply(status: 0)
    }

    mutating func register(_ url: String, scheme: String? = nil) throws {
        try inWorld { try $0.register(Registration(url: url, scheme: scheme), &$1) }
    }

    mutating func trigger(_ trigger: Trigger) throws {
        try inWorld { try $0.trigger(trigger, &$1) }
    }

    mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome) {
        inWorld { $0.conclude(callback, outcome, &$1) }
    }

    /// The text of the refusal that a trigger meets; nil where it goes through.
    mutating func refusal(of trigger: Trigger) -> String? {
        do {
            try self.trigger(trigger)
            return nil
        } catch {
            return (error as? SandboxRefusal)?.text
        }
    }

    /// What was sent since the last time this was asked.
    mutating func takeSent() -> [Callback] {
        defer { sent = [] }
        return sent
    }
}

extension APIReply {
    /// What Certn answered; null where it is no JSON.
    var certnJSON: JSON { JSON(parsing: body) ?? .null }
    var certnText: String { String(decoding: body, as: UTF8.self) }
}

extension String {
    /// What comes after the scheme and the host: the target of a request for this URL.
    var certnTarget: String {
        String(dropFirst(CertnBench<CertnLegacyImitation>.baseURL.count))
    }
}

extension CertnBench<CertnLegacyImitation> {
    static var legacy: Self { Self(CertnLegacyImitation()) }

    static var userID: String { "5f0b9a54-6c1e-4a53-9d4e-2f6a8c1b7e30" }

    static var quick: JSON {
        [
            "request_softcheck": true, "owner_id": .string(userID), "tag": "hire-7",
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
        ["email": "ana@example.com", "request_criminal_record_check": true, "owner_id": .string(userID)]
    }

    mutating func token(
        grant: String = "client_credentials", user: String = "sandbox-client",
        password: String = "sandbox-client-secret"
    ) -> APIReply {
        let credentials = Data("\(user):\(password)".utf8).base64EncodedString()
        return call(
            "POST", "/token/", text: "grant_type=\(grant)",
            headers: [HeaderLine("Authorization", "Basic \(credentials)")])
    }

    /// A call with a fresh token.
    mutating func authorized(_ method: String, _ target: String, _ body: JSON? = nil, text: String? = nil) -> APIReply {
        let value = token().certnJSON["access_token"]?.string ?? ""
        return call(method, target, body, text: text, headers: [HeaderLine("Authorization", "Bearer \(value)")])
    }
}

extension CertnBench<CertnCentricImitation> {
    static var centric: Self { Self(CertnCentricImitation()) }

    static var hook: String { "http://127.0.0.1:8080/certn" }

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

    mutating func authorized(_ method: String, _ target: String, _ body: JSON? = nil, text: String? = nil) -> APIReply {
        call(
            method, "/api/public\(target)", body, text: text,
            headers: [HeaderLine("Authorization", "Api-Key sk_test_sandbox")])
    }

    mutating func order(_ body: JSON) -> String {
        authorized("POST", "/cases/order/", body).certnJSON["id"]?.string ?? ""
    }

    mutating func status(of id: String) -> String? {
        authorized("GET", "/cases/\(id)/").certnJSON["overall_status"]?.string
    }

    /// Registers the hook and lets it echo its challenge.
    mutating func enable() throws {
        try register(Self.hook)
        for callback in takeSent() {
            let challenge = callback.url.split(separator: "=").last.map { Array($0.utf8) } ?? []
            conclude(callback, .delivered(status: 200, body: challenge))
        }
    }
}
