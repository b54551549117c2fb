internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The fake of Certn's Centric API: cases are ordered, change their status over time, and are announced by short
/// notifications (docs/providers/certn.md).
struct FakeCertnCentric: FakeProvider {
    static let name = "certn-centric"
    static let reportTime: TimeInterval = 2
    static let fileLinkLifetime: Int64 = 300

    private let format = CertnFormat.centric
    private var cases = RecentRecords<String, CentricCase>()
    private var files = RecentRecords<String, (caseID: String, language: String, readyAt: Date)>()
    private var endpoint: CentricEndpoint?

    init() {}

    mutating func respond(to request: APIRequest, _ world: inout World) throws -> Response? {
        switch (request.path.first, request.path.dropFirst().first) {
        case ("centric", "invite") where request.path.count == 2: return invite(request, &world)
        case ("centric-files", let name?): return try file(name, request, world)
        case ("api", "public"): break
        default: return nil
        }
        try requireKey(request)
        let path = Array(request.path.dropFirst(2))
        switch (path.first, path.count) {
        case ("cases", 2) where path[1] == "order" || path[1] == "order-package":
            try require("POST", request)
            return try order(request, isPackage: path[1] == "order-package", &world)
        case ("cases", 3) where path[1] == "report-files":
            try require("GET", request)
            let id = path[2].lowercased()
            guard let file = files[id] else { break }
            return .json(200, Self.file(id, readyAt: file.readyAt, world))
        case ("cases", 2), ("cases", 3):
            guard let subject = cases[path[1].lowercased()] else { break }
            switch path.count == 3 ? path[2] : "" {
            case "":
                try require("GET", request)
                return .json(200, subject.json(at: world.now))
            case "cancel":
                try require("POST", request)
                return try cancel(subject, &world)
            case "generate-report":
                try require("POST", request)
                return try generateReport(of: subject, request, &world)
            default: break
            }
        default: break
        }
        throw format.notFound
    }

    /// Sends the challenge. Deliveries start after the endpoint has echoed the challenge.
    mutating func register(_ registration: Registration, _ world: inout World) throws {
        try rejectScheme(registration)
        endpoint = CentricEndpoint(url: registration.url, &world)
    }

    mutating func conclude(_ callback: Callback, _ outcome: CallbackOutcome, _ world: inout World) {
        guard callback.url == endpoint?.challengeURL else { return }
        endpoint?.conclude(outcome, &world)
    }

    /// Sends a notification about the case in the trigger, or about a complete example. CASE_REPORT_READY completes the
    /// case first, because only complete cases have a report.
    mutating func trigger(_ trigger: Trigger, _ world: inout World) throws {
        try require(trigger, CentricEvent.types)
        let url = try destination(trigger, registered: trigger.url == nil ? endpoint?.enabledURL() : nil)
        var subject = CentricCase(
            email: "ana.souza@example.com", types: ["IDENTITY_VERIFICATION_1"],
            inputClaims: ["name": ["given_name": "Ana", "family_name": "Souza"], "date_of_birth": "1990-02-28"], &world)
        if let reference = trigger.reference {
            guard let known = cases[reference.lowercased()] else {
                throw SandboxFailure("certn-centric has no case '\(reference)'; order one, or omit the reference")
            }
            subject = known
        }
        if let tag = trigger.tag { subject.tags = [tag] }
        if trigger.reference == nil || trigger.type == "CASE_REPORT_READY" {
            subject.redirect(to: [(.complete, 0)], from: world.now)
        }
        cases.set(subject.id, subject)
        CentricEvent.send([CentricEvent(trigger.type, subject.id, at: world.now, &world)], to: url, &world)
    }

    private func require(_ method: String, _ request: APIRequest) throws {
        if request.method != method { throw format.notAllowed(request) }
    }

    /// Requires an API key. Rejects a live key with a specific message, because a live key belongs to another region.
    private func requireKey(_ request: APIRequest) throws {
        switch request.authorization("Api-Key") {
        case SandboxAccount.centricAPIKey: return
        case nil:
            throw format.error(401, "not_authenticated", "Authentication credentials were not provided.")
        case let key? where key.hasPrefix("sk_live_"):
            throw format.error(403, "permission_denied", "You do not have permission to perform this action.")
        default: throw format.error(401, "authentication_failed", "Invalid API key.")
        }
    }

    /// Orders a case. The response shows the case as ordered. Events announce later changes, even changes that happen
    /// immediately.
    private mutating func order(_ request: APIRequest, isPackage: Bool, _ world: inout World) throws -> Response {
        let order = try format.object(request) { CentricCase.fields(of: $0, isPackage: isPackage) }
        let name = "check_types_with_arguments"
        let types = isPackage ? CentricCase.packageTypes : order[name]?.members?.map(\.name) ?? []
        if types.isEmpty { throw format.problem([name], "empty", "This dictionary may not be empty.") }
        if let type = types.first(where: { !CentricCase.checkTypes.contains($0) }) {
            throw format.problem([name, type], "invalid_choice", "\"\(type)\" is not a valid choice.")
        }
        var subject = CentricCase(
            email: order["email_address"]?.string ?? "", types: types, inputClaims: order["input_claims"] ?? [:],
            tags: [order["tag"]?.string?.nonBlank].compactMap { $0 }, &world)
        let link = order["return_invite_link"] == true ? Self.inviteURL(subject.id, world) : nil
        let response = Response.json(
            201,
            [
                "id": "\(subject.id)", "short_id": "\(subject.shortID)", "created": "\(subject.createdAt.milliseconds)",
                "overall_status": "\(CentricCase.Status.ordered.rawValue)", "email_address": "\(subject.email)",
                "invite_link": .optional(link),
            ])
        let isQuickscreen = CentricCase.isQuickscreen(order, isPackage: isPackage)
        change(
            &subject, to: isQuickscreen ? [(.inProgress, 0), (.complete, CentricCase.checkTime)] : [(.invited, 0)],
            &world)
        return response
    }

    private mutating func cancel(_ subject: CentricCase, _ world: inout World) throws -> Response {
        var subject = subject
        let status = subject.status(at: world.now)
        guard !status.isClosed else { throw format.rule("A case that is \(status.rawValue) cannot be cancelled.") }
        change(&subject, to: [(.cancelled, 0)], &world)
        return Response(status: 204)
    }

    private mutating func generateReport(
        of subject: CentricCase, _ request: APIRequest, _ world: inout World
    ) throws -> Response {
        let languages = ["en-AU", "en-CA", "en-GB", "en-US", "fr-CA"]
        let order = try format.object(request) { _ in [.required("language", .choice(languages))] }
        guard subject.status(at: world.now) == .complete else {
            throw format.rule("A report can be generated only for a case that is COMPLETE.")
        }
        let (id, readyAt) = (world.random.uuid(), world.now + Self.reportTime)
        files.set(id, (subject.id, order["language"]?.string ?? "", readyAt))
        endpoint?.deliver([CentricEvent("CASE_REPORT_READY", subject.id, at: readyAt, &world)], &world)
        return .json(201, ["case_report_file_id": "\(id)"])
    }

    /// A file as the API represents it. Each response contains a new signed link.
    private static func file(_ id: String, readyAt: Date, _ world: World) -> JSON {
        let isReady = world.now >= readyAt
        let expires = world.secondsSinceEpoch + fileLinkLifetime
        let url = "\(world.baseURL)/centric-files/\(id).pdf"
        let signature = fileSignature(id, expires: String(expires))
        return [
            "id": "\(id)", "status": isReady ? "COMPLETE" : "PENDING",
            "pdf_url": isReady ? "\(url)?signature=\(signature)&expires=\(expires)" : nil,
        ]
    }

    /// The file behind a signed link. Errors have the form of a storage service's errors.
    private func file(_ name: String, _ request: APIRequest, _ world: World) throws -> Response {
        let id = String(name.dropLast(4))
        guard name.hasSuffix(".pdf"), let expires = request.queryValue("expires"), let end = Int64(expires),
            end >= world.secondsSinceEpoch, request.queryValue("signature") == Self.fileSignature(id, expires: expires)
        else { throw format.error(403, "permission_denied", "You do not have permission to perform this action.") }
        guard let file = files[id], let subject = cases[file.caseID] else { throw format.notFound }
        return .pdf(
            note: "Certn case \(subject.shortID) in \(file.language): CLEAR", name: "certn-\(subject.shortID).pdf")
    }

    private static func fileSignature(_ id: String, expires: String) -> String {
        Signature.hex(Array("\(id)\n\(expires)".utf8), "sandbox-file-key")
    }

    private static func inviteURL(_ id: String, _ world: World) -> String {
        "\(world.baseURL)/centric/invite?case=\(id)"
    }

    /// The page for an invited person. Only its form submits data. Missing fields are copied from the order or
    /// invented.
    private mutating func invite(_ request: APIRequest, _ world: inout World) -> Response {
        guard let id = request.queryValue("case"), var subject = cases[id.lowercased()] else {
            return .message(404, "No such invitation", "This link is not valid.")
        }
        let done = Response.message(200, "Nothing left to do", "Thank you. Everything was sent.")
        let status = subject.status(at: world.now)
        guard status == .invited || status == .opened else { return done }
        guard request.method == "POST" else {
            if request.method == "GET", status == .invited { change(&subject, to: [(.opened, 0)], &world) }
            return .page(
                200, "Your background check",
                HTML.form(
                    Self.inviteURL(subject.id, world),
                    HTML.input("First name", "given_name", "required")
                        + HTML.input("Last name", "family_name", "required")
                        + HTML.input("Date of birth", "date_of_birth", "type=\"date\" required")))
        }
        let (claims, known) = (subject.inputClaims, subject.inputClaims["name"] ?? [:])
        let name: JSON = [
            "given_name": request.formValue("given_name").map { JSON.string($0) } ?? known["given_name"] ?? "Ana",
            "family_name": request.formValue("family_name").map { JSON.string($0) } ?? known["family_name"] ?? "Souza",
        ]
        let birth =
            request.formValue("date_of_birth").map { JSON.string($0) } ?? claims["date_of_birth"] ?? "1990-02-28"
        subject.inputClaims = claims.merging(["name": name, "date_of_birth": birth])
        change(&subject, to: [(.submitted, 0), (.inProgress, 0), (.complete, CentricCase.checkTime)], &world)
        return done
    }

    /// Changes the status of a case in steps, each after its delay in seconds. Announces each change of the case and of
    /// its checks.
    private mutating func change(
        _ subject: inout CentricCase, to statuses: [(status: CentricCase.Status, after: TimeInterval)],
        _ world: inout World
    ) {
        var checkStatus = subject.status(at: world.now).ofChecks
        subject.redirect(to: statuses, from: world.now)
        cases.set(subject.id, subject)
        var events: [CentricEvent] = []
        for (status, after) in statuses {
            let checkCount = status.ofChecks == checkStatus ? 0 : subject.checks.count
            let checkEvents = (0..<checkCount).map { _ in "CHECK_STATUS_CHANGED" }
            for type in ["CASE_STATUS_CHANGED"] + checkEvents {
                events.append(CentricEvent(type, subject.id, at: world.now + after, &world))
            }
            checkStatus = status.ofChecks
        }
        endpoint?.deliver(events, &world)
    }
}
