/// A consent as Klavi has it. Only the id is always there.
package struct KlaviConsent: Sendable, Equatable {
    package let consentID: String
    package let status: String?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        consentID = try fields.text("consentId")
        status = fields.optionalText("status")
    }
}
