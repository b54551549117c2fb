package import StrictJSON

/// A link that Klavi made for a user.
package struct KlaviLink: Sendable {
    package let linkID: String
    /// What the user opens in a browser.
    package let linkURL: String
    /// For the list of institutions and for consents.
    package let linkToken: Credential
    /// Seconds that the token lives; nil where Klavi does not say.
    package let expiresInSeconds: Int64?
    package let rest: JSONDocument

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        linkID = try fields.text("linkId")
        linkURL = try fields.text("linkURL")
        linkToken = try fields.credential("linkToken")
        expiresInSeconds = fields.integer("expireIn")
        rest = fields.rest
    }
}
