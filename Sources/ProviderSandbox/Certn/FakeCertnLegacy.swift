internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The fake of Certn's API before Centric: applicants are ordered or invited, can be read, and are reported by a
/// webhook (docs/providers/certn.md). The fake responds as the API did before it was switched off.
struct FakeCertnLegacy: FakeProvider {
    static let name = "certn-legacy"
    static let tokenLifetime: TimeInterval = 36_000

    private let format = CertnFormat.legacy
    private var tokens = AccessTokens()
    private var applicants = RecentRecords<String, CertnApplicant>()
    private var webhookURL: String?

    init() {}

    mutating func respond(to request: APIRequest, _ world: inout World) throws -> Response? {
        let path = request.path
        switch (path.first, path.dropFirst().first) {
        case ("token", nil): return try logIn(request, &world)
        case ("certn", "onboarding") where path.count == 2: return onboard(request, &world)
        case ("api", "v1") where ["users", "hr", "pm"].contains(path.dropFirst(2).first): break
        case ("api", "v2") where path.dropFirst(2).first == "reports": break
        default: return nil
        }
        try requireToken(request, world)
        let industry = path.count > 2 ? CertnApplicant.Industry(rawValue: path[2]) : nil
        switch (path.count, path.dropFirst(2).first, path.dropFirst(3).first) {
        case (3, "users", _):
            try require("GET", request)
            return try list([CertnApplicant.user], request, world) { $0 }
        case (5, "reports", _):
            try require("GET", request)
            guard let applicant = applicants[path[3].lowercased()] else { throw format.notFound }
            return try report(of: applicant, form: path[4], world)
        case (5, _, "applications") where path[4] == "quick" || path[4] == "invite":
            try require("POST", request)
            guard let industry else { break }
            return try create(request, industry: industry, isInvite: path[4] == "invite", &world)
        case (4, _, "applicants"):
            try require("GET", request)
            let found = applicants.values.reversed().filter { $0.industry == industry }
                .filter { applicant in request.queryValue("search")?.nonBlank.map { applicant.isFound(by: $0) } ?? true
                }
            let isOldestFirst = request.queryValue("ordering") == "created"
            return try list(isOldestFirst ? found.reversed() : found, request, world) { $0.json(at: world.now, world) }
        case (5, _, "applicants"):
            try require("GET", request)
            guard let applicant = applicants[path[4].lowercased()], applicant.industry == industry else { break }
            return .json(200, applicant.json(at: world.now, world))
        default: break
        }
        throw format.notFound
    }

    mutating func register(_ registration: Registration, _ world: inout World) throws {
        try rejectScheme(registration)
        webhookURL = registration.url
    }

    /// Delivers an applicant whose screening is complete: an example, or the applicant in the trigger. Completes the
    /// screening of that applicant first if necessary.
    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws {
        try require(trigger, ["applicant"])
        let url = try destination(trigger, registered: webhookURL)
        var applicant = CertnApplicant(Self.example, industry: .hr, isInvite: false, &world)
        if let reference = trigger.reference {
            guard let known = applicants[reference.lowercased()] else {
                throw SandboxFailure(
                    "certn-legacy has no applicant '\(reference)'; create one first, or omit the reference")
            }
            applicant = known
        }
        if let tag = trigger.tag { applicant.order = applicant.order.setting("tag", .string(tag)) }
        applicant.complete(at: world.now)
        applicants.set(applicant.id, applicant)
        send(applicant, at: world.now, to: url, &world)
    }

    private static let example: JSON = [
        "email": "ana.souza@example.com", "request_softcheck": true,
        "information": [
            "first_name": "Ana", "last_name": "Souza",
            "addresses": [
                [
                    "address": "1006 Fort St Unit 300", "city": "Victoria", "province_state": "BC", "country": "CA",
                    "current": true,
                ]
            ],
        ],
    ]

    private func require(_ method: String, _ request: APIRequest) throws {
        if request.method != method { throw format.notAllowed(request) }
    }

    /// Handles POST /token/. Rejects an unknown grant before it checks the credentials.
    private mutating func logIn(_ request: APIRequest, _ world: inout World) throws -> Response {
        try require("POST", request)
        guard request.formValue("grant_type") == "client_credentials" else {
            throw Rejection(400, ["error": "unsupported_grant_type"])
        }
        let credentials = Signature.basic(SandboxAccount.certnClientID, SandboxAccount.certnClientSecret)
        guard request.headers.values(named: "Authorization").first == credentials else {
            throw Rejection(401, ["error": "invalid_client"])
        }
        let token = world.random.token(40)
        tokens.add(token, until: world.now + Self.tokenLifetime)
        return .json(
            200,
            [
                "access_token": "\(token)", "expires_in": .integer(Int(Self.tokenLifetime)), "token_type": "Bearer",
                "scope": "read write",
            ])
    }

    private func requireToken(_ request: APIRequest, _ world: World) throws {
        let problems: [AccessTokens.Check: String] = [
            .missing: "", .unknown: ", error=\"invalid_token\", error_description=\"The access token is invalid.\"",
            .expired: ", error=\"invalid_token\", error_description=\"The access token has expired.\"",
        ]
        guard let problem = problems[tokens.check(request, now: world.now)] else { return }
        let body: JSON = ["detail": "Authentication credentials were not provided."]
        throw Rejection(
            response: .json(
                401, body.compact, headers: [HeaderField("WWW-Authenticate", "Bearer realm=\"api\"\(problem)")]))
    }

    /// The required fields. A quickscreen must be complete; an invitation may leave all fields to the applicant.
    private static func fields(of order: JSON, isInvite: Bool) -> [BodyField] {
        func field(_ name: String, _ kind: BodyField.Kind) -> BodyField {
            BodyField(name: name, kind: kind, isRequired: !isInvite)
        }
        let place = ["address", "city", "province_state", "country"]
        let address = place.map { field($0, .text) } + [.optional("postal_code", .text), .optional("current", .flag)]
        let location =
            place.map { BodyField.required($0, .text) }
            + ["postal_code", "location_type"].map { BodyField.optional($0, .text) }
        let phone: BodyField.Kind =
            order["phone_number"]?.members == nil ? .text : .object([.required("number", .text)])
        return [BodyField(name: "email", kind: .email, isRequired: isInvite)]
            + CertnApplicant.flags.map { .optional($0, .flag) } + [
                .optional("tag", .text), .optional("phone_number", phone),
                field(
                    "information",
                    .object([
                        field("first_name", .text), field("last_name", .text), .optional("date_of_birth", .date),
                        field("addresses", .list(of: address)),
                    ])),
                field("position_or_property_location", .object(location)),
                .required("owner_id", .uuid(CertnApplicant.userID)),
            ]
    }

    private mutating func create(
        _ request: APIRequest, industry: CertnApplicant.Industry, isInvite: Bool, _ world: inout World
    ) throws -> Response {
        let order = try format.object(request) { Self.fields(of: $0, isInvite: isInvite) }
        // The sandbox account is not set up for this check, so the response is the documented rejection.
        if order["request_equifax"] == true {
            throw format.problem(["request_equifax"], "invalid", "Account not configured for Equifax requests.")
        }
        guard CertnApplicant.flags.contains(where: { order[$0] == true }) else {
            throw format.rule("At least one request flag must be true.")
        }
        let applicant = CertnApplicant(order, industry: industry, isInvite: isInvite, &world)
        applicants.set(applicant.id, applicant)
        if let webhookURL { send(applicant, at: world.now, to: webhookURL, &world) }
        announceCompletion(of: applicant, &world)
        guard isInvite else { return .json(201, applicant.json(at: world.now, world)) }
        let link = JSON.string(applicant.onboardingLink(world))
        return .json(201, applicant.application(at: world.now).setting("onboarding_link", link))
    }

    private func report(of applicant: CertnApplicant, form: String, _ world: World) throws -> Response {
        guard applicant.stage(at: world.now) == .complete else {
            throw format.rule("Cannot generate report for incomplete \(applicant.industry.rawValue) applicant.")
        }
        let text = "Certn report \(applicant.id): \(applicant.name), result CLEARED"
        switch form {
        case "pdf": return .pdf(note: text, name: "certn-\(applicant.id).pdf")
        case "web": return .message(200, "Certn report", text)
        default: throw format.notFound
        }
    }

    /// The page that an invited applicant fills in. A view changes nothing; the form submits the application.
    private mutating func onboard(_ request: APIRequest, _ world: inout World) -> Response {
        guard let id = request.queryValue("applicant"), var applicant = applicants[id.lowercased()], applicant.isInvite
        else { return .message(404, "No such application", "This link is not valid.") }
        let done = Response.message(200, "Application submitted", "Thank you. There is nothing left to do.")
        guard applicant.stage(at: world.now) == .pending else { return done }
        guard request.method == "POST" else {
            return .page(
                200, "Your background check",
                HTML.form(
                    applicant.onboardingLink(world),
                    HTML.input("First name", "first_name", "required", value: applicant.firstName ?? "")
                        + HTML.input("Last name", "last_name", "required", value: applicant.lastName ?? "")))
        }
        let names: JSON = [
            "first_name": "\(request.formValue("first_name") ?? applicant.firstName ?? "Ana")",
            "last_name": "\(request.formValue("last_name") ?? applicant.lastName ?? "Souza")",
        ]
        let information = (applicant.order["information"] ?? [:]).merging(names)
        applicant.order = applicant.order.setting("information", information)
        applicant.submit(at: world.now)
        applicants.set(applicant.id, applicant)
        announceCompletion(of: applicant, &world)
        return done
    }

    /// One page of a list. `page` starts at 1; `page_size` is at most 100.
    private func list<Element>(
        _ elements: [Element], _ request: APIRequest, _ world: World, _ json: (Element) -> JSON
    ) throws -> Response {
        let asked = request.queryValue("page_size").flatMap { Int($0) } ?? 25
        let size = asked >= 1 ? min(asked, 100) : 25
        let page = request.queryValue("page").map { Int($0) ?? 0 } ?? 1
        let pageCount = max(1, (elements.count + size - 1) / size)
        guard (1...pageCount).contains(page) else { throw format.error(404, "not_found", "Invalid page.") }
        let others = request.query.filter { $0.name != "page" }.map { ($0.name, $0.value) }
        func url(_ page: Int) -> JSON {
            guard (1...pageCount).contains(page) else { return nil }
            let path = "\(world.baseURL)\(request.pathText)/"
            return .string(WebAddress.adding(others + [("page", String(page))], to: path))
        }
        return .json(
            200,
            [
                "count": .integer(elements.count), "next": url(page + 1), "previous": url(page - 1),
                "results": .array(elements.dropFirst((page - 1) * size).prefix(size).map(json)),
            ])
    }

    /// Queues the delivery of the report, which is sent when the report is complete.
    private func announceCompletion(of applicant: CertnApplicant, _ world: inout World) {
        guard let webhookURL, let completesAt = applicant.completesAt else { return }
        send(applicant, at: completesAt, to: webhookURL, &world)
    }

    /// Sends all data of the applicant, as it is at `moment`. Each attempt is signed with its own time.
    private func send(_ applicant: CertnApplicant, at moment: Date, to url: String, _ world: inout World) {
        let body = applicant.json(at: moment, world).bytes
        world.send(
            Callback(
                provider: Self.name, type: "applicant", url: url, group: applicant.id,
                delay: max(0, moment.timeIntervalSince(world.now)),
                policy: RetryPolicy(waits: [1, 2, 4]) { ![408, 500, 502, 503, 504].contains($0) },
                reference: applicant.id, makeBody: { body }
            ) { body, conditions in
                let signature = Signature.certn(
                    body, conditions.secret(SandboxAccount.certnWebhookSecret),
                    secondsSinceEpoch: conditions.secondsSinceEpoch)
                return [
                    HeaderField(Signature.certnHeader, signature), HeaderField("Certn-Team-ID", CertnApplicant.teamID),
                ]
            })
    }
}
