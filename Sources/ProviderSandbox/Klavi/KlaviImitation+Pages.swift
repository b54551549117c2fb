internal import Foundation

extension KlaviImitation {
    mutating func answerPage(_ request: APIRequest, _ world: inout World) -> APIReply {
        switch (request.method, Array(request.path.dropFirst())) {
        case ("GET", []):
            let found = pageLink(request.queryValue("v"), world)
            return found.link.map(KlaviPage.link) ?? found.problem
        case ("POST", []): return decideLink(request, &world)
        case ("GET", ["done"]): return KlaviPage.done
        default: return KlaviPage.unknown
        }
    }

    private func pageLink(_ token: String?, _ world: World) -> (link: KlaviLink?, problem: APIReply) {
        guard let token, let link = linkTokens[token].flatMap({ links[$0] }) else { return (nil, KlaviPage.unknown) }
        return world.now < link.expiresAt ? (link, KlaviPage.unknown) : (nil, KlaviPage.expired)
    }

    /// Each form that is sent is a consent of its own, since a person may connect several institutions.
    private mutating func decideLink(_ request: APIRequest, _ world: inout World) -> APIReply {
        let found = pageLink(request.formValue("v"), world)
        guard let link = found.link else { return found.problem }
        guard let decision = KlaviDecision(request) else {
            return KlaviPage.problem(400, "Nothing was chosen", "Choose Authorise or Reject.")
        }
        let codes = link.institutions.map(\.code)
        let code = decision.institutionCode ?? codes.first ?? ""
        guard codes.contains(code) else {
            return KlaviPage.problem(400, "No institution was chosen", "Choose one of those on the page.")
        }
        var personal = link.personalTaxID ?? ""
        if link.personalTaxID == nil && link.businessTaxID == nil {
            personal = decision.personalTaxID ?? ""
            guard KlaviTaxID.isValid(personal, digitCount: KlaviTaxID.cpfDigitCount) else {
                return KlaviPage.problem(400, "The CPF is not valid", "A CPF has 11 digits.")
            }
        }
        let consent = KlaviConsent(
            id: world.random.uuid(), linkID: link.id, personalTaxID: personal,
            businessTaxID: link.businessTaxID ?? "", institutionCode: code, storedStatus: .awaitingAuthorisation,
            expiresAt: KlaviConsent.end(after: world.now), createdAt: world.now, updatedAt: world.now)
        return conclude(consent, decision, of: link, &world)
    }

    private mutating func conclude(
        _ consent: KlaviConsent, _ decision: KlaviDecision, of link: KlaviLink, _ world: inout World
    ) -> APIReply {
        if let granted = decision.granted, granted.isEmpty {
            return KlaviPage.problem(400, "No permission was chosen", "Choose at least one, or reject.")
        }
        var consent = consent
        consent.storedStatus = decision.granted == nil ? .rejected : .authorised
        consent.granted = decision.granted ?? []
        consent.updatedAt = world.now
        keep(consent)
        let subject = KlaviSubject(consent, of: link)
        if decision.granted == nil {
            post(.consentRejected, about: subject, &world)
        } else {
            post(.consentAuthorised, about: subject, &world)
            let products = KlaviProduct.onboarding(isBusiness: !consent.businessTaxID.isEmpty)
            deliver(products, requestID: world.random.uuid(), about: subject, [link.addresses], &world)
        }
        return KlaviReturn.reply(consent, of: link, baseURL: world.baseURL)
    }
}
