internal import StrictJSON

/// EZiD's API for one client. Every call carries the credentials in its body (PROVIDERS.md 3.2).
package struct EZiDClient: ProviderClient {
    package static let defaultRoot = APIRoot(known: "https://api.ezid.io")

    private let root: APIRoot
    private let credentials: ClientCredentials
    private let session: ProviderSession

    package init(
        root: APIRoot = EZiDClient.defaultRoot, credentials: ClientCredentials, calls: ProviderCalls
    ) throws(ProviderCallFailure) {
        try credentials.validated()
        self.root = root
        self.credentials = credentials
        session = ProviderSession(calls: calls, refusal: EZiDRefusal.parse)
    }

    package func send<Value>(_ call: ProviderCall<Value>) async throws(ProviderCallFailure) -> Value {
        try await session.send(call)
    }

    /// `POST /email-link/send`. Throws `badInput`.
    package func sendLink(_ order: EZiDLinkOrder) throws(ProviderCallFailure) -> ProviderCall<EZiDLink> {
        ProviderCall(json: post("/email-link/send", try order.json(credentials))) {
            fields throws(ProviderCallFailure) in try EZiDLink(fields)
        }
    }

    /// `POST /email-link/verify`: the code of a link for tokens, once. Throws `badInput`.
    ///
    /// - Parameter email: EZiD's samples send it, its table does not ask for it.
    package func verifyLink(
        code: Credential, email: String? = nil
    ) throws(ProviderCallFailure) -> ProviderCall<EZiDTokens> {
        try code.validated("The code")
        try InputCheck.email(email, "email")
        var fields = identified
        fields.add("auth_code", code)
        fields.add("email", email)
        return tokens(post("/email-link/verify", fields.json))
    }

    /// `POST /email-link/refresh`: a refresh token for new tokens, once. Throws `badInput`.
    package func refresh(_ refreshToken: Credential) throws(ProviderCallFailure) -> ProviderCall<EZiDTokens> {
        try refreshToken.validated("The refresh token")
        var fields = identified
        fields.add("refresh_token", refreshToken)
        return tokens(post("/email-link/refresh", fields.json))
    }

    /// `POST /send/otp`. Throws `badInput`.
    package func sendOneTimeCode(
        _ order: EZiDOneTimeCodeOrder
    ) throws(ProviderCallFailure) -> ProviderCall<EZiDOneTimeCode> {
        ProviderCall(json: post("/send/otp", try order.json(credentials))) { fields throws(ProviderCallFailure) in
            try EZiDOneTimeCode(fields)
        }
    }

    /// `POST /verify/otp`. Throws `badInput`.
    package func verifyOneTimeCode(
        _ code: Credential, loginID: String
    ) throws(ProviderCallFailure) -> ProviderCall<EZiDTokens> {
        try code.validated("The one-time code")
        try InputCheck.notEmpty(loginID, "login_id")
        var fields = identified
        fields.add("otp", code)
        fields.add("login_id", loginID)
        return tokens(post("/verify/otp", fields.json))
    }

    private var identified: BodyFields {
        var fields = BodyFields()
        fields.add("client_id", credentials.clientID)
        fields.add("client_secret", credentials.clientSecret)
        return fields
    }

    private func post(_ path: String, _ json: JSONText) -> ProviderRequest {
        ProviderRequest("POST", root.url(path), headers: ProviderHeaders.json, json: json)
    }

    private func tokens(_ request: ProviderRequest) -> ProviderCall<EZiDTokens> {
        ProviderCall(json: request) { fields throws(ProviderCallFailure) in try EZiDTokens(fields) }
    }
}
