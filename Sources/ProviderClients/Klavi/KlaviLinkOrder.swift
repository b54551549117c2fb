internal import StrictJSON

/// What `POST /links` takes; every field is optional (PROVIDERS.md 1.3).
package struct KlaviLinkOrder: Sendable, Equatable {
    /// CPF, 11 digits.
    package var personalTaxID: String?
    /// CNPJ, 14 characters.
    package var businessTaxID: String?
    package var email: String?
    package var phone: String?
    /// Spares the user the choice of an institution.
    package var institutionCode: String?
    /// Where the user's browser goes at the end.
    package var redirectURL: String?
    package var productsCallbackURL: ProductCallbacks?
    /// Comes back in every report and event.
    package var externalInfo: FreeObject?
    /// From an earlier report; for open data updates alone.
    package var connectionKey: String?
    package var appLink: String?
    /// Needed where `appLink` is given.
    package var appRedirectURLKey: String?

    package init() {}

    func json() throws(ProviderCallFailure) -> JSONText {
        try BrazilianTaxID.person(personalTaxID, "personalTaxId")
        try BrazilianTaxID.company(businessTaxID, "businessTaxId")
        try InputCheck.email(email, "email")
        try InputCheck.webAddress(redirectURL, "redirectURL")
        try InputCheck.notEmpty(appLink, "appLink")
        if appLink != nil {
            try InputCheck.notEmpty(appRedirectURLKey ?? "", "appRedirectURLKey, which appLink needs,")
        }
        var fields = BodyFields()
        fields.add("personalTaxId", personalTaxID)
        fields.add("businessTaxId", businessTaxID)
        fields.add("email", email)
        fields.add("phone", phone)
        fields.add("institutionCode", institutionCode)
        fields.add("redirectURL", redirectURL)
        fields.add("productsCallbackURL", productsCallbackURL?.json)
        fields.add("externalInfo", externalInfo?.json)
        fields.add("connectionKey", connectionKey)
        fields.add("appLink", appLink)
        fields.add("appRedirectURLKey", appRedirectURLKey)
        return fields.json
    }
}
