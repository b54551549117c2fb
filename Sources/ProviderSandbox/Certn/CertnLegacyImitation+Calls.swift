internal import Foundation

/// The calls below `/api` and the candidate's page (PROVIDERS.md 2A.2).
extension CertnLegacyImitation {
    mutating func call(_ request: APIRequest, _ world: inout World) -> APIReply {
        let path = request.path
        switch (request.method, path.count) {
        case ("GET", 3) where path[2] == "users":
            return list([CertnOrganization.user], request, world) { $0 }
        case (_, 3) where path[2] == "users":
            return CertnLegacyError.notAllowed(request.method)
        case (let method, 5) where path[1] == "v2":
            guard method == "GET" else { return CertnLegacyError.notAllowed(method) }
            guard let applicant = applicants[path[3].lowercased()] else { return CertnLegacyError.notFound }
            return CertnLegacyReport.answer(path[4], document(applicant, world))
        default: break
        }
        guard path[1] == "v1", let industry = CertnApplicant.Industry(rawValue: path[2]) else {
            return CertnLegacyError.notFound
        }
        switch (path.dropFirst(3).first, path.count) {
        case ("applications", 5) where path[4] == "quick" || path[4] == "invite":
            guard request.method == "POST" else { return CertnLegacyError.notAllowed(request.method) }
            return create(request, industry: industry, isInvite: path[4] == "invite", &world)
        case ("applicants", 4):
            guard request.method == "GET" else { return CertnLegacyError.notAllowed(request.method) }
            return list(found(request, industry), request, world) { document($0, world).json }
        case ("applicants", 5):
            guard request.method == "GET" else { return CertnLegacyError.notAllowed(request.method) }
            guard let applicant = applicants[path[4].lowercased()], applicant.industry == industry else {
                return CertnLegacyError.notFound
            }
            return .json(200, document(applicant, world).json)
        default: return CertnLegacyError.notFound
        }
    }

    private mutating func create(
        _ request: APIRequest, industry: CertnApplicant.Industry, isInvite: Bool, _ world: inout World
    ) -> APIReply {
        let (object, refusal) = Self.object(of: request)
        guard let object else { return refusal ?? CertnLegacyError.notJSON }
        let (form, problem) = CertnApplicationForm.read(object, isInvite: isInvite)
        guard let form else { return problem ?? CertnLegacyError.notJSON }
        let applicant = CertnApplicant(form, industry: industry, isInvite: isInvite, &world)
        applicants[applicant.id] = applicant
        let document = document(applicant, world)
        if let webhookURL {
            world.send(CertnLegacyWebhook.callback(document, url: webhookURL))
            announceCompletion(of: applicant, &world)
        }
        guard isInvite else { return .json(201, document.json) }
        return .json(201, document.application.setting("onboarding_link", .string(document.onboardingLink)))
    }

    /// Hands over the delivery of the finished report, which leaves when the time has come.
    private func announceCompletion(of applicant: CertnApplicant, _ world: inout World) {
        guard let webhookURL, let completesAt = applicant.completesAt else { return }
        let document = CertnApplicantDocument(applicant: applicant, moment: completesAt, baseURL: world.baseURL)
        world.send(
            CertnLegacyWebhook.callback(
                document, url: webhookURL, delay: max(0, completesAt.timeIntervalSince(world.now))))
    }

    mutating func onboard(_ request: APIRequest, _ world: inout World) -> APIReply {
        guard let id = request.queryValue("applicant"), var applicant = applicants[id.lowercased()], applicant.isInvite
        else { return CertnOnboardingPage.unknown }
        guard applicant.stage(at: world.now) == .pending else { return CertnOnboardingPage.done }
        guard request.method == "POST" else { return CertnOnboardingPage.form(document(applicant, world)) }
        CertnOnboardingPage.fill(&applicant, from: request)
        applicant.submit(at: world.now)
        applicants[applicant.id] = applicant
        announceCompletion(of: applicant, &world)
        return CertnOnboardingPage.done
    }

    /// The applicants of one half, the newest first where the call asks for no other order.
    private func found(_ request: APIRequest, _ industry: CertnApplicant.Industry) -> [CertnApplicant] {
        var found = applicants.values.reversed().filter { $0.industry == industry }
        if let text = request.queryValue("search"), !text.isEmpty { found = found.filter { $0.isFound(by: text) } }
        if request.queryValue("ordering") == "created" { found.reverse() }
        return found
    }

    private func list<Element>(
        _ elements: [Element], _ request: APIRequest, _ world: World, render: (Element) -> JSON
    ) -> APIReply {
        let json = CertnPage(request)?.json(of: elements, request, baseURL: world.baseURL, render: render)
        return json.map { .json(200, $0) } ?? CertnLegacyError.invalidPage
    }

    func document(_ applicant: CertnApplicant, _ world: World) -> CertnApplicantDocument {
        CertnApplicantDocument(applicant: applicant, moment: world.now, baseURL: world.baseURL)
    }

    /// The object that was sent; nothing sent counts as an empty one.
    private static func object(of request: APIRequest) -> (JSON?, APIReply?) {
        if request.body.isEmpty { return ([:], nil) }
        guard let value = JSON(parsing: request.body) else { return (nil, CertnLegacyError.notJSON) }
        var reader = CertnFieldReader()
        let object = reader.dictionary(value, at: [])
        return (object, object == nil ? CertnLegacyError.fields(reader.problems) : nil)
    }
}
