internal import Deliveries
internal import StrictJSON

/// Klavi's data API for one partner application (PROVIDERS.md 1.3).
package struct KlaviClient: ProviderClient {
    /// The sandbox.
    package static let defaultRoot = APIRoot(known: "https://api-sandbox.klavi.ai/data/v1")

    private let root: APIRoot
    private let credentials: KlaviCredentials
    private let session: ProviderSession

    package init(
        root: APIRoot = KlaviClient.defaultRoot, credentials: KlaviCredentials, calls: ProviderCalls,
        tokens store: any TokenStore = MemoryTokenStore()
    ) throws(ProviderCallFailure) {
        try credentials.accessKey.validated("accessKey")
        try credentials.secretKey.validated("secretKey")
        self.root = root
        self.credentials = credentials
        let open = ProviderSession(calls: calls, rejection: KlaviRejection.parse)
        let login = Self.authenticate(root, credentials, calls.clock)
        session = ProviderSession(
            calls: calls,
            tokens: AccessTokens(
                account: TokenAccount(root: root, account: credentials.accessKey.text), store: store,
                clock: calls.clock
            ) { () async throws(ProviderCallFailure) in try await open.send(login) },
            rejection: KlaviRejection.parse)
    }

    package func send<Value>(_ call: ProviderCall<Value>) async throws(ProviderCallFailure) -> Value {
        try await session.send(call)
    }

    /// `POST /auth`. Calls that need a token make this one themselves.
    package func authenticate() -> ProviderCall<AccessToken> {
        Self.authenticate(root, credentials, session.calls.clock)
    }

    private static func authenticate(
        _ root: APIRoot, _ credentials: KlaviCredentials, _ clock: CallClock
    ) -> ProviderCall<AccessToken> {
        var fields = BodyFields()
        fields.add("accessKey", credentials.accessKey)
        fields.add("secretKey", credentials.secretKey)
        let request = ProviderRequest(
            "POST", root.url("/auth"), headers: ProviderHeaders.json, json: fields.json, repetition: .safe)
        return ProviderCall(json: request) { fields throws(ProviderCallFailure) in try token(fields, clock) }
    }

    /// `POST /links`. Throws `badInput`.
    package func createLink(_ order: KlaviLinkOrder) throws(ProviderCallFailure) -> ProviderCall<KlaviLink> {
        ProviderCall(json: post("/links", try order.json())) { fields throws(ProviderCallFailure) in
            try KlaviLink(fields)
        }
    }

    /// `GET /consents` of one link.
    package func consents(linkID: String) -> ProviderCall<[KlaviConsent]> {
        let request = ProviderRequest(
            "GET", root.url("/consents", query: [("linkId", linkID)]), headers: ProviderHeaders.json,
            needsAccessToken: true)
        return ProviderCall(json: request) { response throws(ProviderCallFailure) in
            // One consent may come without a list around it.
            guard response.value.kind == .array else { return [try KlaviConsent(response)] }
            return try response.list { fields throws(ProviderCallFailure) in try KlaviConsent(fields) }
        }
    }

    /// `DELETE /consents/{id}/revoke`. Throws `badInput`.
    package func revokeConsent(_ id: String) throws(ProviderCallFailure) -> ProviderCall<ResponseFields> {
        let path = "/consents/\(try PercentEncoding.segment(id, "The consent"))/revoke"
        return ProviderCall(
            ProviderRequest("DELETE", root.url(path), headers: ProviderHeaders.json, needsAccessToken: true))
    }

    /// `POST /{personal,business}/{institution,user}-data`. Throws `badInput`.
    package func requestReport(
        _ order: KlaviReportOrder
    ) throws(ProviderCallFailure) -> ProviderCall<KlaviReportRequest> {
        ProviderCall(json: post(order.path, try order.json())) { fields throws(ProviderCallFailure) in
            try KlaviReportRequest(fields)
        }
    }

    private func post(_ path: String, _ json: JSONText) -> ProviderRequest {
        ProviderRequest("POST", root.url(path), headers: ProviderHeaders.json, json: json, needsAccessToken: true)
    }

    private static func token(_ fields: ResponseFields, _ clock: CallClock) throws(ProviderCallFailure) -> AccessToken {
        let end = fields.integer("expireIn").map { AccessToken.end(inSeconds: $0, from: clock.now()) }
        guard let token = AccessToken(try fields.text("accessToken"), expiresAt: end) else {
            throw .unexpectedResponse("accessToken holds characters that no token has.")
        }
        return token
    }
}
