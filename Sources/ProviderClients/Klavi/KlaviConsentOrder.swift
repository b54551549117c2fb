internal import StrictJSON

/// What `POST /consents` takes (PROVIDERS.md 1.3).
package struct KlaviConsentOrder: Sendable, Equatable {
    /// How long a consent holds.
    package enum Validity: Int64, Sendable {
        case once = 0
        case twelveMonths = 12
    }

    /// Yours; every one can be used once.
    package var externalTrackID: String
    /// CPF, 11 digits.
    package var personalTaxID: String
    package var institutionCode: String
    package var redirectURL: String
    /// CNPJ, 14 characters.
    package var businessTaxID: String?
    package var phone: String?
    package var email: String?
    package var clientMetadata: FreeObject?
    package var validityPeriod: Validity?

    package init(externalTrackID: String, personalTaxID: String, institutionCode: String, redirectURL: String) {
        self.externalTrackID = externalTrackID
        self.personalTaxID = personalTaxID
        self.institutionCode = institutionCode
        self.redirectURL = redirectURL
    }

    func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.notEmpty(externalTrackID, "externalTrackId")
        try BrazilianTaxID.person(personalTaxID, "personalTaxId")
        try InputCheck.notEmpty(institutionCode, "institutionCode")
        try InputCheck.webAddress(redirectURL, "redirectURL")
        try BrazilianTaxID.company(businessTaxID, "businessTaxId")
        try InputCheck.email(email, "email")
        var fields = BodyFields()
        fields.add("externalTrackId", externalTrackID)
        fields.add("personalTaxId", personalTaxID)
        fields.add("institutionCode", institutionCode)
        fields.add("redirectURL", redirectURL)
        fields.add("businessTaxId", businessTaxID)
        fields.add("phone", phone)
        fields.add("email", email)
        fields.add("clientMetadata", clientMetadata?.json)
        fields.add("validityPeriod", validityPeriod?.rawValue)
        return fields.json
    }
}
