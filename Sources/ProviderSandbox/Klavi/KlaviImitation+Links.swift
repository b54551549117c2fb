internal import Foundation

extension KlaviImitation {
    /// POST /links.
    mutating func createLink(_ request: APIRequest, _ world: inout World) throws(KlaviRefusal) -> APIReply {
        try requireAccessToken(request, world)
        var fields = try KlaviFields(request)
        var link = KlaviLink(id: world.random.uuid(), token: world.random.token(64), createdAt: world.now)
        link.personalTaxID = fields.taxID("personalTaxId", digitCount: KlaviTaxID.cpfDigitCount)
        link.businessTaxID = fields.taxID("businessTaxId", digitCount: KlaviTaxID.cnpjDigitCount)
        for name in ["email", "phone", "connectionKey"] { _ = fields.text(name) }
        link.institutionCode = fields.text("institutionCode")
        link.redirectURL = fields.webURL("redirectURL")
        link.externalInfo = fields.objectValue("externalInfo") ?? [:]
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
        return .json(
            200,
            [
                "linkId": .string(link.id), "linkURL": .string(link.url(world.baseURL)),
                "linkToken": .string(link.token), "expireIn": .integer(Int(Self.tokenLifetime)),
            ])
    }
}
