internal import StrictJSON

/// What the four report calls take: a person or a company, at one institution or at all (PROVIDERS.md 1.3).
///
/// `taxId` alone asks for all links, with `linkID` for that link, with `consentIDs` for those consents.
package struct KlaviReportOrder: Sendable, Equatable {
    /// Whose data it is.
    package enum Subject: String, Sendable {
        case personal, business
    }

    package var subject: Subject
    /// CPF of a person, CNPJ of a company.
    package var taxID: String
    /// Given: the institution-level report. Nil: the user-level report.
    package var institutionCode: String?
    /// Product names, or `all` alone.
    package var products: [String]
    package var linkID: String?
    package var consentIDs: [String] = []
    package var productsCallbackURL: ProductCallbacks?
    package var externalInfo: FreeObject?

    package init(_ subject: Subject, taxID: String, institutionCode: String? = nil, products: [String]) {
        self.subject = subject
        self.taxID = taxID
        self.institutionCode = institutionCode
        self.products = products
    }

    var path: String {
        "/\(subject.rawValue)/\(institutionCode == nil ? "user-data" : "institution-data")"
    }

    func json() throws(ProviderCallFailure) -> JSONText {
        switch subject {
        case .personal: try BrazilianTaxID.person(taxID, "taxId")
        case .business: try BrazilianTaxID.company(taxID, "taxId")
        }
        try InputCheck.notEmpty(institutionCode, "institutionCode")
        guard !products.isEmpty else { throw .badInput("The report names no product; \"all\" asks for all of them.") }
        for product in products { try InputCheck.notEmpty(product, "A product") }
        guard !products.contains("all") || products.count == 1 else {
            throw .badInput("The product \"all\" stands alone.")
        }
        var fields = BodyFields()
        fields.add("taxId", taxID)
        fields.add("institutionCode", institutionCode)
        fields.add("products", products)
        fields.add("linkId", linkID)
        fields.add("consentIds", consentIDs)
        fields.add("productsCallbackURL", productsCallbackURL?.json)
        fields.add("externalInfo", externalInfo?.json)
        return fields.json
    }
}

/// That Klavi will make a report; it comes by callback.
package struct KlaviReportRequest: Sendable {
    /// The same as in the report, as far as known.
    package let requestID: String

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        requestID = try fields.text("requestId")
    }
}
