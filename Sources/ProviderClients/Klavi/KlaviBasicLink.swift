internal import StrictJSON

/// The address of Klavi's page for a user, made without a call (`basic-links`, PROVIDERS.md 1.3).
package struct KlaviBasicLink: Sendable, Equatable {
    package static let defaultHost = "https://conecte-sandbox.klavi.ai"

    package var partnerAppID: String
    package var personalTaxID: String?
    package var businessTaxID: String?
    package var email: String?
    package var phone: String?
    package var institutionCode: String?
    package var redirectURL: String?
    package var productsCallbackURL: ProductCallbacks?

    package init(partnerAppID: String) {
        self.partnerAppID = partnerAppID
    }

    /// The address for a browser. Throws `badInput` as a link order does.
    package func url(host: APIRoot) throws(ProviderCallFailure) -> String {
        try BrazilianTaxID.person(personalTaxID, "personal_tax_id")
        try BrazilianTaxID.company(businessTaxID, "business_tax_id")
        try InputCheck.email(email, "email")
        try InputCheck.webAddress(redirectURL, "redirect_url")
        let segment = try PercentEncoding.segment(partnerAppID, "The partner application")
        return host.url(
            "/data/v1/basic-links/\(segment)",
            query: [
                ("personal_tax_id", personalTaxID), ("business_tax_id", businessTaxID), ("email", email),
                ("phone", phone), ("institution_code", institutionCode), ("redirect_url", redirectURL),
                ("products_callback_url", productsCallbackURL?.json.compact),
            ])
    }
}
