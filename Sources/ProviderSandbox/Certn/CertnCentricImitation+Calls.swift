internal import Foundation

/// The calls below `/api/public`, and the two pages (PROVIDERS.md 2B.2).
extension CertnCentricImitation {
    mutating func call(_ request: APIRequest, _ world: inout World) -> APIReply {
        let path = Array(request.path.dropFirst(2))
        switch (path.first, path.count) {
        case ("cases", 2) where path[1] == "order" || path[1] == "order-package":
            guard request.method == "POST" else { return CentricError.notAllowed(request.method) }
            return order(request, isPackage: path[1] == "order-package", &world)
        case ("cases", 3) where path[1] == "report-files":
            guard request.method == "GET" else { return CentricError.notAllowed(request.method) }
            return files[path[2].lowercased()].map { .json(200, $0.json(world)) } ?? CentricError.notFound
        case ("cases", 2), ("cases", 3):
            guard let subject = cases[path[1].lowercased()] else { return CentricError.notFound }
            return call(path.count == 3 ? path[2] : nil, on: subject, request, &world)
        default: return CentricError.notFound
        }
    }

    /// Reading a page with GET opens it and no more; only its form, sent with POST, submits.
    mutating func invite(_ request: APIRequest, _ world: inout World) -> APIReply {
        guard let id = request.queryValue("case"), var subject = cases[id.lowercased()] else {
            return CentricInvitePage.unknown
        }
        let status = subject.status(at: world.now)
        guard status == .invited || status == .opened else { return CentricInvitePage.done }
        switch request.method {
        case "GET":
            if status == .invited { change(&subject, to: [(.opened, 0)], &world) }
            return CentricInvitePage.form(subject, world)
        case "POST":
            subject.inputClaims = CentricInvitePage.claims(request, of: subject)
            change(
                &subject, to: [(.submitted, 0), (.inProgress, 0), (.complete, CentricCase.checkSeconds)], &world)
            return CentricInvitePage.done
        default: return CentricInvitePage.form(subject, world)
        }
    }

    /// The file behind a signed link.
    func pdf(_ request: APIRequest, _ world: World) -> APIReply {
        guard let id = CertnSignedFile.name(in: request, folder: CentricReportFile.folder, world) else {
            return CentricError.permissionDenied
        }
        guard let file = files[id], let subject = cases[file.caseID], world.now >= file.readyAt else {
            return CentricError.notFound
        }
        return file.pdf(shortID: subject.shortID)
    }

    private mutating func call(
        _ action: String?, on subject: CentricCase, _ request: APIRequest, _ world: inout World
    ) -> APIReply {
        let methods = ["cancel": "POST", "generate-report": "POST"]
        guard let method = action.map({ methods[$0] }) ?? "GET" else { return CentricError.notFound }
        guard request.method == method else { return CentricError.notAllowed(request.method) }
        switch action {
        case nil: return .json(200, subject.json(at: world.now))
        case "cancel": return cancel(subject, &world)
        default: return generateReport(of: subject, request, &world)
        }
    }

    /// The answer shows the case as ordered; what follows at once is told of by events.
    private mutating func order(_ request: APIRequest, isPackage: Bool, _ world: inout World) -> APIReply {
        let (object, problem) = Self.object(of: request)
        guard let object else { return problem ?? CentricError.notJSON }
        let (form, refusal) = CentricOrderForm.read(object, isPackage: isPackage)
        guard let form else { return refusal ?? CentricError.notJSON }
        var subject = CentricCase(
            email: form.email, types: form.types, inputClaims: form.inputClaims, tags: form.tags, &world)
        let link = form.returnsLink ? CentricInvitePage.url(of: subject.id, world) : nil
        let reply = APIReply.json(
            201,
            [
                "id": .string(subject.id), "short_id": .string(subject.shortID),
                "created": .string(CertnSyntax.timestamp(subject.createdAt)),
                "overall_status": .string(CentricCaseStatus.ordered.rawValue),
                "email_address": .string(subject.email), "invite_link": .optional(link),
            ])
        if form.isQuickscreen {
            change(&subject, to: [(.inProgress, 0), (.complete, CentricCase.checkSeconds)], &world)
        } else {
            change(&subject, to: [(.invited, 0)], &world)
        }
        return reply
    }

    private mutating func cancel(_ subject: CentricCase, _ world: inout World) -> APIReply {
        var subject = subject
        let status = subject.status(at: world.now)
        guard !status.isClosed else {
            return CentricError.invalid("A case that is \(status.rawValue) cannot be cancelled.")
        }
        change(&subject, to: [(.cancelled, 0)], &world)
        return .noContent
    }

    private mutating func generateReport(
        of subject: CentricCase, _ request: APIRequest, _ world: inout World
    ) -> APIReply {
        let (object, problem) = Self.object(of: request)
        guard let object else { return problem ?? CentricError.notJSON }
        var reader = CertnFieldReader()
        let language = reader.text(object, "language") ?? ""
        let languages = ["en-AU", "en-CA", "en-GB", "en-US", "fr-CA"]
        if reader.problems.isEmpty, !languages.contains(language) {
            reader.add(["language"], "invalid_choice", "\"\(language)\" is not a valid choice.")
        }
        guard reader.problems.isEmpty else { return CentricError.fields(reader.problems) }
        guard subject.status(at: world.now) == .complete else {
            return CentricError.invalid("A report can be generated for a case that is COMPLETE only.")
        }
        let readyAt = world.now + CentricReportFile.makingSeconds
        let file = CentricReportFile(
            id: world.random.uuid(), caseID: subject.id, language: language, readyAt: readyAt)
        files[file.id] = file
        tell([CentricEvent(.caseReportReady, caseID: subject.id, at: readyAt, &world)], &world)
        return .json(201, ["case_report_file_id": .string(file.id)])
    }

    /// The object that was sent; nothing sent counts as an empty one.
    private static func object(of request: APIRequest) -> (JSON?, APIReply?) {
        if request.body.isEmpty { return ([:], nil) }
        guard let value = JSON(parsing: request.body) else { return (nil, CentricError.notJSON) }
        var reader = CertnFieldReader()
        let object = reader.dictionary(value, at: [])
        return (object, object == nil ? CentricError.fields(reader.problems) : nil)
    }
}
