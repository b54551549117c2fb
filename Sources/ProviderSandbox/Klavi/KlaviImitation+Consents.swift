internal import Foundation

extension KlaviImitation {
    mutating func answerConsents(
        _ request: APIRequest, _ rest: [String], _ world: inout World
    ) throws(KlaviRefusal) -> APIReply {
        switch (request.method, rest.count) {
        case ("GET", 0):
            try requireAccessToken(request, world)
            let found = request.queryValue("linkId").map(consents(ofLink:)) ?? consents.values
            return .json(200, .array(found.map { $0.json(at: world.now) }))
        case ("DELETE", 2) where rest[1] == "revoke":
            try requireAccessToken(request, world)
            return try revoke(rest[0], &world)
        default:
            throw .unknownPath(request)
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
