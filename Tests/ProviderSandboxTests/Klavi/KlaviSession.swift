import Foundation
import Testing

@testable import ProviderSandbox

/// A customer who talks to the imitation and notes everything that it would deliver.
struct KlaviSession {
    static let baseURL = "http://127.0.0.1:9900"
    static let cpf = "12345678909"
    static let cnpj = "12345678000195"

    var imitation = KlaviImitation()
    var random = SeededRandom(seed: 7)
    var now = Date(timeIntervalSince1970: 1_700_000_000)
    var sent: [KlaviSent] = []

    /// - Parameter console: the registered URL.
    init(console: String? = "http://127.0.0.1:1/console") throws {
        if let console { try register(console) }
    }

    mutating func register(_ url: String, scheme: String? = nil) throws {
        var world = World(now: now, baseURL: Self.baseURL, random: random)
        try imitation.register(Registration(url: url, scheme: scheme), &world)
    }

    mutating func answer(_ request: APIRequest) -> APIReply? {
        var world = World(now: now, baseURL: Self.baseURL, random: random)
        let reply = imitation.answer(request, &world)
        random = world.random
        sent += world.outbox.map(KlaviSent.init)
        return reply
    }

    mutating func call(
        _ method: String, _ target: String, _ body: JSON? = nil, token: String? = nil
    ) throws -> KlaviReply {
        try call(method, target, text: body.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "", token: token)
    }

    mutating func call(_ method: String, _ target: String, text: String, token: String? = nil) throws -> KlaviReply {
        let headers = token.map { [HeaderLine("Authorization", "Bearer \($0)")] } ?? []
        let request = APIRequest(method: method, target: target, headers: headers, body: Array(text.utf8))
        return KlaviReply(reply: try #require(answer(request)))
    }

    mutating func trigger(_ trigger: Trigger) throws {
        var world = World(now: now, baseURL: Self.baseURL, random: random)
        try imitation.trigger(trigger, &world)
        random = world.random
        sent += world.outbox.map(KlaviSent.init)
    }

    mutating func logIn() throws -> String {
        let reply = try call(
            "POST", "/data/v1/auth", ["accessKey": "sandbox-access-key", "secretKey": "klavi-test-secret"])
        return try #require(reply.json["accessToken"]?.string)
    }

    /// Creates a link and forgets the event about it.
    mutating func link(_ fields: JSON = ["personalTaxId": .string(cpf)]) throws -> (id: String, token: String) {
        let access = try logIn()
        let reply = try call("POST", "/data/v1/links", fields, token: access)
        sent = []
        return (try #require(reply.json["linkId"]?.string), try #require(reply.json["linkToken"]?.string))
    }

    /// What the browser gets for a form that was sent.
    mutating func decide(
        _ token: String, _ decision: String = "authorise", institution: String? = "033",
        permissions: [String] = KlaviSession.permissions, extra: String = ""
    ) throws -> KlaviReply {
        var fields = ["v=\(token)", "decision=\(decision)"]
        if let institution { fields.append("institution=\(institution)") }
        fields += permissions.map { "permission=\($0)" }
        return try call("POST", "/conecte", text: fields.joined(separator: "&") + extra)
    }

    static let permissions = [
        "REGISTRATION_ALL", "ACCOUNTS_ALL", "CREDIT_CARDS_ALL", "CREDIT_OPERATIONS_ALL", "INVESTMENTS_ALL",
    ]

    var sentKinds: [String] { sent.map(\.kind) }
}

/// A reply with what tests look at in it.
@dynamicMemberLookup
struct KlaviReply {
    let reply: APIReply

    var json: JSON { JSON(parsing: reply.body) ?? .null }
    var text: String { String(decoding: reply.body, as: UTF8.self) }
    var location: String? { reply.headers.firstValue(of: "Location") }

    subscript<Value>(dynamicMember path: KeyPath<APIReply, Value>) -> Value { reply[keyPath: path] }
}

/// A delivery with what tests look at in it.
@dynamicMemberLookup
struct KlaviSent {
    let callback: Callback

    var text: String { String(decoding: callback.body, as: UTF8.self) }
    var json: JSON { JSON(parsing: callback.body) ?? .null }
    /// Of the one event in an array.
    var event: JSON { json.elements?.first ?? .null }

    subscript<Value>(dynamicMember path: KeyPath<Callback, Value>) -> Value { callback[keyPath: path] }
}

/// An error body of the API.
func klaviError(_ status: Int, _ error: String, _ message: JSON, code: Int? = nil) -> JSON {
    ["error": .string(error), "message": message, "statusCode": .integer(code ?? status)]
}

func klaviBusinessError(_ code: Int, _ message: String) -> JSON {
    klaviError(416, "Requested Range Not Satisfiable", .string(message), code: code)
}
