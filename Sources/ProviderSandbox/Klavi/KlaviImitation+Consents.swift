internal import Foundation

extension KlaviImitation {
    mutating func answerConsents(
        _ request: APIRequest, _ rest: [String], _ world: inout World
    ) throws(KlaviRefusal) -> APIReply {
        switch (request.method, rest.count) {
        case ("POST", 0):
            return try createConsent(request, &world)
        case ("GET", 0):
            try requireAccessToken(request, world)
            return .json(200, .array(matchingConsents(request).map { $0.json(at: world.now) }))
        case ("GET", 1):
            try requireAccessToken(request, world)
            guard let consent = consents[rest[0]] else { throw .notFound("Consent not found") }
            return .json(200, consent.json(at: world.now))
        case ("DELETE", 2) where rest[1] == "revoke":
            try requireAccessToken(request, world)
            return try revoke(rest[0], &world)
        default:
            throw .unknownPath(request)
        }
    }

    private mutating func createConsent(
        _ request: APIRequest, _ world: inout World
    ) throws(KlaviRefusal) -> APIReply {
        let link = try linkOfToken(request, world)
        var fields = try KlaviFields(request)
        let trackID = fields.text("externalTrackId", isRequired: true) ?? ""
        let personal = fields.taxID("personalTaxId", digitCount: KlaviTaxID.cpfDigitCount, isRequired: true)
        let institutionCode = fields.text("institutionCode", isRequired: true) ?? ""
        let redirectURL = fields.webURL("redirectURL", isRequired: true)
        let business = fields.taxID("businessTaxId", digitCount: KlaviTaxID.cnpjDigitCount)
        _ = fields.text("phone")
        _ = fields.text("email")
        let months = fields.value("validityPeriod").map { $0.integer ?? -1 } ?? 12
        if months != 0 && months != 12 { fields.complain("validityPeriod must be one of the following values: 0, 12") }
        try fields.finish()
        guard KlaviInstitution.named(institutionCode) != nil else {
            throw .business(.institution, "Invalid institutionCode")
        }
        guard trackIDs[trackID] == nil else { throw .conflict("externalTrackId already exists") }
        let consent = KlaviConsent(
            id: world.random.uuid(), linkID: link.id, externalTrackID: trackID, personalTaxID: personal ?? "",
            businessTaxID: business ?? link.businessTaxID ?? "", institutionCode: institutionCode,
            storedStatus: .awaitingAuthorisation, expiresAt: KlaviConsent.end(months: months, after: world.now),
            createdAt: world.now, updatedAt: world.now, redirectURL: redirectURL)
        let secret = world.random.token(48)
        keep(consent)
        trackIDs[trackID] = consent.id
        visits[secret] = KlaviVisit(consentID: consent.id, expiresAt: world.now + Self.visitLifetime)
        return .json(
            200,
            [
                "consentId": .string(consent.id),
                "consentRedirectURL": .string("\(world.baseURL)/conecte/consent?v=\(secret)"),
                "expireAt": .string(KlaviTime.text(consent.expiresAt)),
            ])
    }

    private func matchingConsents(_ request: APIRequest) -> [KlaviConsent] {
        func fits(_ name: String, _ value: String) -> Bool {
            request.queryValue(name).map { $0 == value } ?? true
        }
        return (request.queryValue("linkId").map(consents(ofLink:)) ?? consents.values).filter {
            fits("personalTaxId", $0.personalTaxID) && fits("businessTaxId", $0.businessTaxID)
        }
    }

    /// Only an authorised consent can be taken back.
    private mutating func revoke(_ id: String, _ world: inout World) throws(KlaviRefusal) -> APIReply {
        guard var consent = consents[id] else { throw .notFound("Consent not found") }
        guard consent.status(at: world.now) == .authorised else {
            throw .business(.consentRequest, "The consent is not authorised")
        }
        consent.storedStatus = .revoked
        consent.updatedAt = world.now
        keep(consent)
        post(.consentRevoked, about: KlaviSubject(consent, of: links[consent.linkID]), &world)
        return .json(200, ["message": "ok"])
    }
}
