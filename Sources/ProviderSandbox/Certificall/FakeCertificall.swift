internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The fake of Certificall: Certilinks, their cases, and a webhook about each case (docs/providers/certificall.md). The
/// paths of calls start with `/certificall/api`; the calls about links also exist at the root.
struct FakeCertificall: FakeProvider {
    static let name = "certificall"
    /// The lifetime of access tokens, in seconds. The real lifetime is not documented.
    static let tokenLifetime: Int64 = 3600
    static let pageLimit = 100
    static let textLimit = 2000

    private var tokens = AccessTokens()
    private var links = RecentRecords<String, CertificallLink>()
    /// The newest link for each reportToken.
    private var linkTokens = RecentRecords<String, String>()
    private var cases = RecentRecords<Int, CertificallCase>()
    private var hook: Registration?

    init() {}

    mutating func respond(to request: APIRequest, _ world: inout World) throws -> Response? {
        let path = request.path
        if path.starts(with: ["certificall", "api"]) { return try call(Array(path.dropFirst(2)), request, &world) }
        if path.first == "certilink" { return try call(path, request, &world) }
        guard path.first == "certificall" else { return nil }
        switch (request.method, path.dropFirst().first, path.count) {
        case ("GET", "share", 4) where path[2] == "case":
            guard let found = cases.values.first(where: { $0.shareToken == path[3] }) else {
                throw Rejection.certificall(404, "Case not found")
            }
            let user = found.user.map { " of \($0)" } ?? ""
            return .pdf(note: "Certificate \(found.cfRef) \(found.shareToken)\(user)", name: "certificate.pdf")
        case ("GET", "images", 4):
            guard path[3].hasSuffix(".gif"), let number = Int(path[2]), let content = cases[number],
                let item = Int(path[3].dropLast(4)), (1...content.frame.steps.count).contains(item)
            else { throw Rejection.certificall(404, "Image not found") }
            return .file(CertificallCase.photo(case: number, item: item), "image/gif")
        case ("GET", "app", 2), ("POST", "app", 2): return page(request, &world)
        default: return nil
        }
    }

    /// Sets the callback URL and the scheme: `bearer`, `hmac` or `basic`. The default is `hmac`.
    mutating func register(_ registration: Registration, _ world: inout World) throws {
        let scheme = registration.scheme ?? "hmac"
        guard ["bearer", "hmac", "basic"].contains(scheme) else {
            throw SandboxFailure("the scheme of certificall must be bearer, hmac or basic")
        }
        hook = Registration(url: registration.url, scheme: scheme)
    }

    /// Closes a case without using its page. `reference` is a reportToken. If the reportToken has a link, that link is
    /// used; otherwise an example is created. A trigger with `externalInfo` also creates an example and ignores the
    /// values, because only the metadata of a link can contain them.
    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws {
        try require(trigger, ["certificate"])
        let url = try destination(trigger, registered: hook?.url)
        let reportToken = trigger.reference ?? "dossier-\(world.random.hex(12))"
        let known = trigger.externalInfo.isEmpty ? linkTokens[reportToken].flatMap { links[$0] } : nil
        let link =
            known
            ?? CertificallLink(
                token: world.random.uuid(), reportToken: reportToken, frame: CertificallFrame.all[0],
                createdAt: world.now)
        keep(link)
        let content = addCase(of: link, &world)
        send(content, to: Registration(url: url, scheme: hook?.scheme), &world)
    }

    private mutating func call(
        _ path: [String], _ request: APIRequest, _ world: inout World
    ) throws -> Response {
        if request.method == "POST", path == ["auth", "token"] { return try logIn(request, &world) }
        if request.method == "GET", path.count == 2, path[0] == "reports" { return try report(path[1], world) }
        guard tokens.check(request, now: world.now) == .valid else { throw Rejection.certificall(401, "Unauthorized") }
        switch (request.method, path.first, path.count > 1 ? path[1] : "") {
        case ("GET", "frames", ""): return .json(200, .array(CertificallFrame.all.map(\.json)))
        case ("GET", "cases", ""): return try search(request, world)
        case ("POST", "certilink", "create"):
            let link = try makeLink(request.object(CertificallLink.fields, rejecting: Rejection.certificall), &world)
            return .json(201, ["url": "\(link.url(world))"])
        case ("POST", "certilink", "bulk-create"): return try bulkCreate(request, &world)
        case ("POST", "certilink", "findCompanyMagicLinks"): return try findLinks(request, world)
        case ("PATCH", "certilink", let token) where path.count == 2: return try change(token, request, world)
        case ("DELETE", "certilink", let token) where path.count == 2:
            var link = try link(token)
            link.isEnabled = false
            keep(link)
            return .json(200, ["status": "Success", "message": "Magic link deleted successfully"])
        default: throw Rejection.certificall(404, "Cannot \(request.method) \(request.pathText)")
        }
    }

    private mutating func logIn(_ request: APIRequest, _ world: inout World) throws -> Response {
        guard request.object?["username"] == .string(SandboxAccount.certificallUser),
            request.object?["password"] == .string(SandboxAccount.certificallPassword)
        else { throw Rejection.certificall(401, "Unauthorized") }
        let issuedAt = world.secondsSinceEpoch
        let claims: JSON = [
            "username": "\(SandboxAccount.certificallUser)", "companyId": .integer(CertificallCase.companyID),
            "jti": "\(world.random.uuid())", "iat": .integer(issuedAt), "exp": .integer(issuedAt + Self.tokenLifetime),
        ]
        let token = Signature.token(claims: claims, key: "certificall-sandbox-session-key")
        tokens.add(token, until: world.now + Double(Self.tokenLifetime))
        return .json(200, ["token": "\(token)"])
    }

    private mutating func keep(_ link: CertificallLink) {
        links.set(link.token, link)
        linkTokens.set(link.reportToken, link.token)
    }

    private func link(_ token: String) throws -> CertificallLink {
        guard let link = links[token] else { throw Rejection.certificall(404, "Magic link not found") }
        return link
    }

    private mutating func makeLink(_ object: JSON, _ world: inout World) throws -> CertificallLink {
        guard let frame = CertificallFrame.all.first(where: { $0.id == object["frameId"]?.integer }) else {
            throw Rejection.certificall(400, "frameId is not a frame of your company")
        }
        guard object["companyId"]?.integer ?? CertificallCase.companyID == CertificallCase.companyID else {
            throw Rejection.certificall(400, "companyId is not your company")
        }
        let link = CertificallLink(
            token: world.random.uuid(), reportToken: object["reportToken"]?.string ?? "", frame: frame,
            createdAt: world.now, expiresAt: try Self.expiration(object, world), maxUses: object["maxUses"]?.integer,
            visibleData: object["context"]?["visibleData"])
        keep(link)
        return link
    }

    private mutating func bulkCreate(_ request: APIRequest, _ world: inout World) throws -> Response {
        guard let entries = JSON(parsing: request.body)?.elements else {
            throw Rejection.certificall(400, "the body must be an array")
        }
        var (successes, errors): ([JSON], [JSON]) = ([], [])
        for entry in entries {
            do {
                let entry = APIRequest(method: "POST", target: "/", body: entry.bytes)
                let link = try makeLink(entry.object(CertificallLink.fields, rejecting: Rejection.certificall), &world)
                successes.append(["reportToken": "\(link.reportToken)", "url": "\(link.url(world))"])
            } catch let rejection as Rejection {
                let message = JSON(parsing: rejection.response.body)?["message"] ?? .null
                errors.append(["reportToken": .optional(entry["reportToken"]?.string), "message": message])
            }
        }
        return .json(
            201,
            [
                "state": "Certilink bulk creation ended", "date": "\(world.now.certificall(colon: false))",
                "company": .integer(CertificallCase.companyID), "success": .array(successes), "error": .array(errors),
            ])
    }

    private func findLinks(_ request: APIRequest, _ world: World) throws -> Response {
        let object = try request.object([.optional("start", .integer(0 ... .max))], rejecting: Rejection.certificall)
        let limit = object["limit"]?.integer ?? Self.pageLimit
        guard limit <= Self.pageLimit else {
            throw Rejection.certificall(400, "limit must not be greater than \(Self.pageLimit)")
        }
        let found = links.keys.dropFirst(object["start"]?.integer ?? 0).prefix(max(0, limit))
        return .json(200, .array(found.compactMap { links[$0]?.json(world) }))
    }

    private mutating func change(_ token: String, _ request: APIRequest, _ world: World) throws -> Response {
        var link = try link(token)
        let object = try request.object(
            [.optional("expirationDate", .text), .optional("context", .object(CertificallLink.context))],
            rejecting: Rejection.certificall)
        link.expiresAt = try Self.expiration(object, world) ?? link.expiresAt
        link.visibleData = object["context"]?["visibleData"] ?? link.visibleData
        keep(link)
        return .json(200, ["status": "Success", "message": "Magic link updated successfully"])
    }

    private static func expiration(_ object: JSON, _ world: World) throws -> Date? {
        guard let text = object["expirationDate"]?.string else { return nil }
        guard let date = Date(certificall: text) else {
            throw Rejection.certificall(400, "expirationDate must have the format yyyy-mm-ddThh:mm:ss.sss+hhmm")
        }
        guard date > world.now else { throw Rejection.certificall(400, "expirationDate must not be in the past") }
        return date
    }

    private mutating func addCase(
        of link: CertificallLink, texts: [Int: String] = [:], _ world: inout World
    ) -> CertificallCase {
        let content = CertificallCase(
            number: (cases.keys.last ?? 7263) + 1, frame: link.frame, reportToken: link.reportToken,
            createdAt: world.now, shareToken: world.random.uuid(), seed: world.random.next(),
            user: link.visibleData?["user"]?.string, texts: texts)
        cases.set(content.number, content)
        return content
    }

    /// Lists cases, all of which are closed. Ignores the filters by report, company, frame and number.
    private func search(_ request: APIRequest, _ world: World) throws -> Response {
        let query = JSON.object(
            request.query.map { JSON.Member($0.name, JSON(parsing: Array($0.value.utf8)) ?? .string($0.value)) })
        let fields: [BodyField] = [
            .required("format", .choice(["metadata"])), .optional("hours", .integer(1...240)),
            .optional("closed", .flag),
            .optional("withReportToken", .flag),
        ]
        let problems = fields.problems(in: query).flatMap(\.texts)
        guard problems.isEmpty else { throw Rejection.certificall(problems) }
        let start = world.now - Double(query["hours"]?.integer ?? 12) * 3600
        let found = cases.values.filter { $0.createdAt >= start && query["closed"] != false }
        let withReportToken = query["withReportToken"] == true
        return .json(200, .array(found.map { $0.metadata(withReportToken: withReportToken, world) }))
    }

    /// Returns the reports of a reportToken. A reportToken that has a link but no case is not an error.
    private func report(_ reportToken: String, _ world: World) throws -> Response {
        let found = cases.values.filter { $0.reportToken == reportToken }
        guard linkTokens[reportToken] != nil || !found.isEmpty else {
            throw Rejection.certificall(400, "Invalid report token")
        }
        return .json(200, .array(found.map { $0.json(world) }))
    }

    /// Shows the page of a link. A view changes nothing, because a mail scanner may follow the link.
    private mutating func page(_ request: APIRequest, _ world: inout World) -> Response {
        guard var link = request.queryValue("mt").flatMap({ links[$0] }) else {
            return .message(404, "Unknown link", "There is no such link.")
        }
        if let obstacle = link.obstacle(at: world.now) {
            return .message(410, "Link \(obstacle)", "This link is \(obstacle).")
        }
        guard request.method == "POST" else {
            let steps = link.frame.steps.map { step in
                let title = "<li><strong>\(step.title)</strong><br>\(step.description)"
                let label = step.isPhoto ? "Remark on the photo" : "Text"
                return title + HTML.input(label, "step-\(step.id)", "maxlength=\"\(Self.textLimit)\"") + "</li>"
            }
            let instructions = link.visibleData?["instructions"]?.string.map { "<p>\(HTML.escape($0))</p>" } ?? ""
            let form = HTML.form(link.url(world), "<ol>\(steps.joined())</ol>", button: "Send")
            return .page(200, link.frame.name, instructions + form)
        }
        link.useCount += 1
        links.set(link.token, link)
        let texts = link.frame.steps.compactMap { step in
            request.formValue("step-\(step.id)").map { (step.id, String($0.prefix(Self.textLimit))) }
        }
        let content = addCase(of: link, texts: Dictionary(texts) { $1 }, &world)
        if let hook { send(content, to: hook, &world) }
        return .page(
            200, "Thank you",
            """
            <p>Your certificate is <strong id="cfRef">\(content.cfRef)</strong>.</p>
            <p><a href="\(content.url(world))">Download it</a></p>
            """)
    }

    private func send(_ content: CertificallCase, to hook: Registration, _ world: inout World) {
        let body = content.json(world).bytes
        world.send(
            Callback(
                provider: Self.name, type: "certificate", url: hook.url, group: content.cfRef,
                policy: .undocumented(waits: [1, 5]), reference: content.reportToken, makeBody: { body }
            ) { body, conditions in
                switch hook.scheme {
                case "bearer":
                    let token = conditions.secret(SandboxAccount.certificallWebhookToken)
                    return [HeaderField("Authorization", "Bearer \(token)")]
                case "basic":
                    let password = conditions.secret(SandboxAccount.certificallBasicPassword)
                    let value = Signature.basic(SandboxAccount.certificallBasicUser, password)
                    return [HeaderField("Authorization", value)]
                default:
                    // Hexadecimal is a guess, because the encoding is not documented.
                    let signature = Signature.hex(body, conditions.secret(SandboxAccount.certificallAPISecret))
                    let key = SandboxAccount.certificallAPIKey
                    return [
                        HeaderField("Authorization", "HMAC-SHA256 \(key):\(signature)"), HeaderField("X-Api-Key", key),
                    ]
                }
            })
    }
}

extension Rejection {
    /// The statuses and the message `Invalid report token` are documented; the other messages are guesses.
    fileprivate static func certificall(_ problems: [String]) -> Rejection { certificall(400, problems[0]) }

    fileprivate static func certificall(_ status: Int, _ message: String) -> Rejection {
        let body: JSON = ["statusCode": .integer(status), "message": "\(message)"]
        let error: JSON = status == 400 ? ["error": "Bad Request"] : status == 404 ? ["error": "Not Found"] : [:]
        return Rejection(status, body.merging(error))
    }
}
