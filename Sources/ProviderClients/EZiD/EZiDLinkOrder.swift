internal import StrictJSON

/// What `POST /email-link/send` takes beside the credentials (PROVIDERS.md 3.2).
package struct EZiDLinkOrder: Sendable, Equatable {
    package var email: String
    /// Where the link leads; the code is added to its query.
    package var linkTarget: String
    /// EZiD's default is five minutes. Sent as text.
    package var expiryMilliseconds: Int64?
    /// Whether EZiD mails the link; its default is yes.
    package var pushesEmail: Bool?
    /// Where the user goes after that.
    package var callbackURL: String?
    /// An e-mail address that is filled in for the user.
    package var loginHint: String?
    /// Come back inside of the access token.
    package var claims: FreeObject?

    package init(email: String, linkTarget: String) {
        self.email = email
        self.linkTarget = linkTarget
    }

    func json(_ credentials: ClientCredentials) throws(ProviderCallFailure) -> JSONText {
        try InputCheck.email(email, "email")
        try InputCheck.webAddress(linkTarget, "base_url_email_link")
        try InputCheck.range(expiryMilliseconds, 1...Int64.max, "expiry")
        try InputCheck.webAddress(callbackURL, "callback_url")
        var fields = BodyFields()
        fields.add("email", email)
        fields.add("client_id", credentials.clientID)
        fields.add("client_secret", credentials.clientSecret)
        fields.add("base_url_email_link", linkTarget)
        fields.add("expiry", expiryMilliseconds.map { "\($0)" })
        fields.add("push_email", pushesEmail.map { $0 ? "Yes" : "No" })
        fields.add("callback_url", callbackURL)
        fields.add("login_hint", loginHint)
        fields.add("claims", claims?.json)
        return fields.json
    }
}
