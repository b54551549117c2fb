/// A link that Klavi made for a user.
package struct KlaviLink: Sendable {
    package let linkID: String
    /// What the user opens in a browser.
    package let linkURL: String
    /// Seconds that the link is good; nil where Klavi does not say.
    package let expiresInSeconds: Int64?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        linkID = try fields.text("linkId")
        linkURL = try fields.text("linkURL")
        expiresInSeconds = fields.integer("expireIn")
    }
}
