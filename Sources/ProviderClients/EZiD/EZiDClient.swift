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
        session = ProviderSession(calls: calls, rejection: EZiDRejection.parse)
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
    package func verifyLink(code: Credential) throws(ProviderCallFailure) -> ProviderCall<EZiDTokens> {
        try code.validated("The code")
        var fields = BodyFields()
        fields.add("client_id", credentials.clientID)
        fields.add("client_secret", credentials.clientSecret)
        fields.add("auth_code", code)
        return ProviderCall(json: post("/email-link/verify", fields.json)) { fields throws(ProviderCallFailure) in
            try EZiDTokens(fields)
        }
    }

    private func post(_ path: String, _ json: JSONText) -> ProviderRequest {
        ProviderRequest("POST", root.url(path), headers: ProviderHeaders.json, json: json)
    }
}
