/// A link that EZiD sent, or that the caller sends. Who has it logs in as the user.
package struct EZiDLink: Sendable {
    package let emailLink: Credential
    /// The item `code` of the link: the same text that the user's browser brings back. Nil where the link has none.
    package let code: Credential?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        emailLink = try fields.credential("email_link")
        code = URLQuery.item("code", of: emailLink.text).map { Credential($0) }
    }
}
