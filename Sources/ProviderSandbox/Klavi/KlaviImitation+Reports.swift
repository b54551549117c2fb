internal import Foundation

extension KlaviImitation {
    /// POST /personal|business/institution-data|user-data.
    mutating func requestReports(
        _ request: APIRequest, isBusiness: Bool, level: String, _ world: inout World
    ) throws(KlaviRefusal) -> APIReply {
        let isInstitutionLevel = level == "institution-data"
        guard isInstitutionLevel || level == "user-data" else { throw .unknownPath(request) }
        try requireAccessToken(request, world)
        var fields = try KlaviFields(request)
        let digitCount = isBusiness ? KlaviTaxID.cnpjDigitCount : KlaviTaxID.cpfDigitCount
        let taxID = fields.taxID("taxId", digitCount: digitCount, isRequired: true) ?? ""
        let institutionCode = fields.text("institutionCode", isRequired: isInstitutionLevel)
        let names = fields.texts("products", isRequired: true) ?? []
        let linkID = fields.text("linkId")
        let consentIDs = fields.texts("consentIds")
        let externalInfo = fields.objectValue("externalInfo")
        let rules = fields.reportAddresses()
        try fields.finish()
        let addresses = try KlaviReportAddresses(rules)
        guard !names.isEmpty else { throw .business(.products, "Invalid products: at least one is needed") }
        if let institutionCode, KlaviInstitution.named(institutionCode) == nil {
            throw .business(.institution, "Invalid institutionCode")
        }
        let inScope = (linkID.map(consents(ofLink:)) ?? consents.values).filter { consent in
            consent.status(at: world.now) == .authorised
                && (isBusiness ? consent.businessTaxID : consent.personalTaxID) == taxID
                && (institutionCode ?? consent.institutionCode) == consent.institutionCode
                && (consentIDs.map { $0.isEmpty || $0.contains(consent.id) } ?? true)
        }
        let areAllThere = (consentIDs ?? []).allSatisfy { id in inScope.contains { $0.id == id } }
        guard let latest = inScope.last, areAllThere else {
            throw .business(.authorisationMissing, "Not enough authorisation information")
        }
        let link = links[latest.linkID]
        var subject = KlaviSubject(latest, of: link)
        subject.consents = inScope
        if let externalInfo { subject.externalInfo = externalInfo }
        let products = Self.products(names, isBusiness: isBusiness)
        let requestID = world.random.uuid()
        post(
            .productRequestReceived, about: subject,
            details: [
                JSON.Member("requestId", .string(requestID)),
                JSON.Member("products", .array(products.map { .string($0.name) })),
            ], &world)
        deliver(products, requestID: requestID, about: subject, [addresses, link?.addresses ?? .none], &world)
        return .json(200, ["requestId": .string(requestID), "message": "ok"])
    }

    /// Each product's report, then for each what became of it. A product whose permission nobody granted fails.
    func deliver(
        _ products: [KlaviProduct], requestID: String, about subject: KlaviSubject, _ levels: [KlaviReportAddresses],
        _ world: inout World
    ) {
        let granted = Set(subject.consents.flatMap(\.granted))
        var outcomes: [(name: KlaviEventName, details: [JSON.Member])] = []
        for product in products {
            var details = [
                JSON.Member("requestId", .string(requestID)), JSON.Member("productName", .string(product.name)),
            ]
            if let permission = product.permission, !granted.contains(permission) {
                details.append(JSON.Member("message", .string("\(permission.rawValue) was not granted")))
                outcomes.append((.productGeneratedFailed, details))
                continue
            }
            let report = KlaviReport(product, requestID: requestID, about: subject, &world)
            if let url = reportURL(of: product.name, levels) { send(report, to: url, &world) }
            details.append(JSON.Member("productReportId", .string(report.id)))
            outcomes.append((.productGeneratedSuccess, details))
        }
        for outcome in outcomes { post(outcome.name, about: subject, details: outcome.details, &world) }
    }

    /// Each name once, in their order; `all` stands for the onboarding products.
    private static func products(_ names: [String], isBusiness: Bool) -> [KlaviProduct] {
        guard !names.contains("all") else { return KlaviProduct.onboarding(isBusiness: isBusiness) }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }.map(KlaviProduct.init(name:))
    }
}
