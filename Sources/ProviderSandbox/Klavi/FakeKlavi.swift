internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The fake of Klavi's API for links, consents and reports, with the pages of links (docs/providers/klavi.md).
///
/// ```
/// /auth ─▶ access token ─▶ /links ─▶ link token ─▶ /conecte page ─▶ AUTHORISED
///                                                                       │
///              /personal|business/… ─▶ reports and events ◀─ automatic push
/// ```
///
/// Events are sent to the registered URL. Reports are sent to the URL in the rules of the request, in the rules of the
/// link, or to the registered URL, in that order.
struct FakeKlavi: FakeProvider {
    static let name = "klavi"
    /// The lifetime of access tokens and link tokens, in seconds.
    static let tokenLifetime: TimeInterval = 1800

    var registeredURL: String?
    private var tokens = AccessTokens()
    var links = RecentRecords<String, KlaviLink>()
    var linkTokens = RecentRecords<String, String>()
    private(set) var consents = RecentRecords<String, KlaviConsent>()

    init() {}

    mutating func respond(to request: APIRequest, _ world: inout World) throws -> Response? {
        guard request.path.starts(with: ["data", "v1"]) else {
            return request.path.first == "conecte" ? respondToPage(request, &world) : nil
        }
        let path = request.path.dropFirst(2).map { $0 }
        switch (request.method, path.first, path.count) {
        case ("POST", "auth", 1): return try logIn(request, &world)
        case ("POST", "links", 1):
            try requireToken(request, world)
            return try createLink(request, &world)
        case ("GET", "consents", 1):
            try requireToken(request, world)
            let found = request.queryValue("linkId").map(consents(ofLink:)) ?? consents.values
            return .json(200, .array(found.map { $0.json(at: world.now) }))
        case ("DELETE", "consents", 3) where path[2] == "revoke":
            try requireToken(request, world)
            return try revoke(path[1], &world)
        case ("POST", "personal", 2), ("POST", "business", 2):
            guard ["institution-data", "user-data"].contains(path[1]) else { break }
            try requireToken(request, world)
            return try requestReports(
                request, isBusiness: path[0] == "business", isInstitutionLevel: path[1] == "institution-data", &world)
        default: break
        }
        throw Rejection.klavi(404, "Not Found", "Cannot \(request.method) \(request.pathText)")
    }

    mutating func register(_ registration: Registration, _ world: inout World) throws {
        try rejectScheme(registration)
        registeredURL = try destination(Trigger(type: "", url: registration.url), registered: nil)
    }

    mutating func keep(_ consent: KlaviConsent) {
        consents.set(consent.id, consent)
    }

    func consents(ofLink id: String) -> [KlaviConsent] {
        consents.values.filter { $0.linkID == id }
    }

    private mutating func logIn(_ request: APIRequest, _ world: inout World) throws -> Response {
        let object = try request.object(
            [.required("accessKey", .text), .required("secretKey", .text)], rejecting: Rejection.klavi)
        guard object["accessKey"]?.string == SandboxAccount.klaviAccessKey,
            object["secretKey"]?.string == SandboxAccount.klaviSecretKey
        else { throw Rejection.klavi(401, "Unauthorized", "Invalid accessKey or secretKey") }
        let token = world.random.token(64)
        tokens.add(token, until: world.now + Self.tokenLifetime)
        return .json(200, ["accessToken": "\(token)", "expireIn": .integer(Int(Self.tokenLifetime))])
    }

    private func requireToken(_ request: APIRequest, _ world: World) throws {
        switch tokens.check(request, now: world.now) {
        case .valid: return
        case .missing: throw Rejection.klavi(401, "Unauthorized", "Missing access token")
        case .unknown: throw Rejection.klavi(401, "Unauthorized", "Invalid access token")
        case .expired: throw Rejection.klavi(401, "Unauthorized", "Access token expired")
        }
    }

    private mutating func createLink(_ request: APIRequest, _ world: inout World) throws -> Response {
        let object = try request.object(KlaviLink.fields, rejecting: Rejection.klavi)
        let link = KlaviLink(
            id: world.random.uuid(), token: world.random.token(64), createdAt: world.now,
            rules: try KlaviAddressRules(object), order: object)
        try Self.requireInstitution(link.institutionCode)
        links.set(link.id, link)
        linkTokens.set(link.token, link.id)
        send("link_created", about: KlaviSubject(link), &world)
        return .json(
            200,
            [
                "linkId": "\(link.id)", "linkURL": "\(world.baseURL)/conecte?v=\(link.token)",
                "linkToken": "\(link.token)", "expireIn": .integer(Int(Self.tokenLifetime)),
            ])
    }

    private mutating func revoke(_ id: String, _ world: inout World) throws -> Response {
        guard var consent = consents[id] else { throw Rejection.klavi(404, "Not Found", "Consent not found") }
        guard consent.status(at: world.now) == KlaviConsent.authorised else {
            throw Rejection.klaviRule(4003, "The consent is not authorised")
        }
        consent.set("REVOKED", at: world.now)
        keep(consent)
        send("consent_revoked", about: KlaviSubject(consent, of: links[consent.linkID]), &world)
        return .json(200, ["message": "ok"])
    }

    static func requireInstitution(_ code: String?) throws {
        if let code, KlaviInstitution.named(code) == nil { throw Rejection.klaviRule(4004, "Invalid institutionCode") }
    }
}

extension Rejection {
    static func klavi(_ status: Int, _ error: String, _ message: JSON, code: Int? = nil) -> Rejection {
        Rejection(status, ["statusCode": .integer(code ?? status), "error": "\(error)", "message": message])
    }

    static func klavi(_ problems: [String]) -> Rejection {
        klavi(400, "Bad Request", .array(problems.map { .string($0) }))
    }

    /// The rejection of a call that violates a business rule: status 416, with one of Klavi's codes in the body.
    static func klaviRule(_ code: Int, _ message: String) -> Rejection {
        klavi(416, "Requested Range Not Satisfiable", "\(message)", code: code)
    }
}
