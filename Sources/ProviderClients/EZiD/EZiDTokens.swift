/// What a login gives. None of it shows itself (PROVIDERS.md 3.2).
package struct EZiDTokens: Sendable, Equatable {
    /// Says who the user is: a JWT.
    package let idToken: Credential
    /// A JWT, or opaque in older accounts.
    package let accessToken: Credential
    /// Good for one more pair; nil where EZiD gives none.
    package let refreshToken: Credential?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        idToken = try fields.credential("id_token")
        accessToken = try fields.credential("access_token")
        refreshToken = fields.optionalText("refresh_token").flatMap { $0.isEmpty ? nil : Credential($0) }
    }
}
