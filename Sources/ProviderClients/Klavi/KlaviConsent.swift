package import StrictJSON

/// A consent that was made: the user's browser goes to `redirectURL` within a minute, and can go there once.
package struct KlaviCreatedConsent: Sendable {
    package let consentID: String
    package let redirectURL: String
    package let expireAt: String?
    package let rest: JSONDocument

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        consentID = try fields.text("consentId")
        redirectURL = try fields.text("consentRedirectURL")
        expireAt = fields.optionalText("expireAt")
        rest = fields.rest
    }
}

/// A consent as Klavi has it. Only the id is always there; times are as Klavi writes them.
package struct KlaviConsent: Sendable, Equatable {
    package let consentID: String
    package let linkID: String?
    package let externalTrackID: String?
    package let personalTaxID: String?
    package let businessTaxID: String?
    package let institutionCode: String?
    package let status: String?
    package let permissionsApply: [String]
    package let permissionsGranted: [String]
    package let expireAt: String?
    package let createdAt: String?
    package let updatedAt: String?

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        consentID = try fields.text("consentId")
        linkID = fields.optionalText("linkId")
        externalTrackID = fields.optionalText("externalTrackId")
        personalTaxID = fields.optionalText("personalTaxId")
        businessTaxID = fields.optionalText("businessTaxId")
        institutionCode = fields.optionalText("institutionCode")
        status = fields.optionalText("status")
        permissionsApply = fields.texts("permissionsApply")
        permissionsGranted = fields.texts("permissionsGranted")
        expireAt = fields.optionalText("expireAt")
        createdAt = fields.optionalText("createdAt")
        updatedAt = fields.optionalText("updatedAt")
    }
}
