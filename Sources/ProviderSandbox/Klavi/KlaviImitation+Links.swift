internal import Foundation

extension KlaviImitation {
    mutating func answerLinks(
        _ request: APIRequest, _ rest: [String], _ world: inout World
    ) throws(KlaviRefusal) -> APIReply {
        switch (request.method, rest) {
        case ("POST", []):
            try requireAccessToken(request, world)
            let link = try createLink(try KlaviFields(request), &world)
            return .json(
                200,
                [
                    "linkId": .string(link.id), "linkURL": .string(link.url(world.baseURL)),
                    "linkToken": .string(link.token), "expireIn": .integer(Int(Self.tokenLifetime)),
                ])
        case ("GET", ["institutions"]):
            let link = try linkOfToken(request, world)
            let offered = KlaviInstitution.offered(by: link.externalInfo)
            return .json(200, .array(offered.map { $0.json(world.baseURL) }))
        case ("GET", ["institutions", "status"]):
            // Which of the two tokens it takes is not documented.
            let token = request.authorization("Bearer") ?? ""
            if linkTokens[token] != nil {
                _ = try linkOfToken(request, world)
            } else {
                try requireAccessToken(request, world)
            }
            return .json(200, .array(KlaviInstitution.all.map(\.statusJSON)))
        case ("GET", _) where rest.count == 1:
            try requireAccessToken(request, world)
            guard let link = links[rest[0]] else { throw .notFound("Link not found") }
            return .json(200, link.json)
        default:
            throw .unknownPath(request)
        }
    }

    /// A link by browser: the fields in the query, in snake_case, and the link's page as the answer.
    mutating func openBasicLink(
        _ request: APIRequest, appID: String, _ world: inout World
    ) throws(KlaviRefusal) -> APIReply {
        guard appID == Self.partnerAppID else { throw .notFound("Unknown partner app") }
        let names = [
            "personal_tax_id": "personalTaxId", "business_tax_id": "businessTaxId", "email": "email",
            "phone": "phone", "institution_code": "institutionCode", "redirect_url": "redirectURL",
            "products_callback_url": "productsCallbackURL", "external_info": "externalInfo",
            "connection_key": "connectionKey", "app_link": "appLink", "app_redirect_url_key": "appRedirectURLKey",
        ]
        let members = request.query.compactMap { item -> JSON.Member? in
            guard let name = names[item.name], !item.value.isEmpty else { return nil }
            let isObject = ["productsCallbackURL", "externalInfo"].contains(name)
            let object = isObject ? JSON(parsing: Array(item.value.utf8)) : nil
            return JSON.Member(name, object ?? .string(item.value))
        }
        let link = try createLink(KlaviFields(.object(members)), &world)
        return .redirect(to: link.url(world.baseURL))
    }

    private mutating func createLink(
        _ fields: KlaviFields, _ world: inout World
    ) throws(KlaviRefusal) -> KlaviLink {
        var fields = fields
        var link = KlaviLink(id: world.random.uuid(), token: world.random.token(64), createdAt: world.now)
        link.personalTaxID = fields.taxID("personalTaxId", digitCount: KlaviTaxID.cpfDigitCount)
        link.businessTaxID = fields.taxID("businessTaxId", digitCount: KlaviTaxID.cnpjDigitCount)
        link.email = fields.text("email")
        link.phone = fields.text("phone")
        link.institutionCode = fields.text("institutionCode")
        link.redirectURL = fields.webURL("redirectURL")
        link.externalInfo = fields.objectValue("externalInfo") ?? [:]
        link.connectionKey = fields.text("connectionKey")
        link.appLink = fields.text("appLink")
        link.appRedirectURLKey = fields.text("appRedirectURLKey", isRequired: fields.value("appLink") != nil)
        if let appLink = link.appLink, !KlaviURL.isAppLink(appLink) {
            fields.complain("appLink must be a URL address")
        }
        let addresses = fields.reportAddresses()
        try fields.finish()
        link.addresses = try KlaviReportAddresses(addresses)
        if let code = link.institutionCode, KlaviInstitution.named(code) == nil {
            throw .business(.institution, "Invalid institutionCode")
        }
        links[link.id] = link
        linkTokens[link.token] = link.id
        post(.linkCreated, about: KlaviSubject(link), &world)
        return link
    }
}
