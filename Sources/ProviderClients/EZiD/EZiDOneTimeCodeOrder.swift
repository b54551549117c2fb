internal import StrictJSON

/// What `POST /send/otp` takes beside the credentials (PROVIDERS.md 3.2).
package struct EZiDOneTimeCodeOrder: Sendable, Equatable {
    /// 4 to 10; EZiD's pages name 6 and 10 as the most.
    package var digits: Int64
    /// A phone number.
    package var target: String
    /// Sent as text.
    package var expiryMinutes: Int64?
    package var claims: FreeObject?

    package init(digits: Int64, target: String) {
        self.digits = digits
        self.target = target
    }

    func json(_ credentials: ClientCredentials) throws(ProviderCallFailure) -> JSONText {
        try InputCheck.range(digits, 4...10, "digits")
        try InputCheck.notEmpty(target, "target")
        try InputCheck.range(expiryMinutes, 1...Int64.max, "expiry")
        var fields = BodyFields()
        fields.add("client_id", credentials.clientID)
        fields.add("client_secret", credentials.clientSecret)
        fields.add("digits", digits)
        fields.add("channel", "phone")
        fields.add("target", target)
        fields.add("expiry", expiryMinutes.map { "\($0)" })
        fields.add("claims", claims?.json)
        return fields.json
    }
}

/// A one-time code that was sent.
package struct EZiDOneTimeCode: Sendable {
    /// What the user got.
    package let code: Credential?
    /// Goes with the code when it is verified.
    package let loginID: String

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        code = fields.optionalText("otp").map { Credential($0) }
        loginID = try fields.text("login_id")
    }
}
