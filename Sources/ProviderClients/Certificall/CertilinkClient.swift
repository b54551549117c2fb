internal import Deliveries
internal import StrictJSON

/// Certificall's API and its Certilinks for one user (PROVIDERS.md 4.2).
package struct CertilinkClient: ProviderClient {
    package static let defaultRoot = APIRoot(known: "https://admin.certificall.app/certificall/api")

    private let root: APIRoot
    private let certilinkRoot: APIRoot
    private let credentials: CertificallCredentials
    private let session: ProviderSession

    /// - Parameter certilinkRoot: what `/certilink/…` stands under; nil: the same as the rest.
    package init(
        root: APIRoot = CertilinkClient.defaultRoot, certilinkRoot: APIRoot? = nil,
        credentials: CertificallCredentials, calls: ProviderCalls, tokens store: any TokenStore = MemoryTokenStore()
    ) throws(ProviderCallFailure) {
        try Credential(credentials.username).validated("username")
        try credentials.password.validated("password")
        self.root = root
        self.certilinkRoot = certilinkRoot ?? root
        self.credentials = credentials
        let open = ProviderSession(calls: calls, rejection: CertificallRejection.parse)
        let login = Self.authenticate(root, credentials)
        session = ProviderSession(
            calls: calls,
            tokens: AccessTokens(
                account: TokenAccount(root: root, account: credentials.username), store: store, clock: calls.clock
            ) { () async throws(ProviderCallFailure) in try await open.send(login) },
            rejection: CertificallRejection.parse)
    }

    package func send<Value>(_ call: ProviderCall<Value>) async throws(ProviderCallFailure) -> Value {
        try await session.send(call)
    }

    /// `POST /auth/token`. Calls that need a token make this one themselves.
    package func authenticate() -> ProviderCall<AccessToken> {
        Self.authenticate(root, credentials)
    }

    /// How long a token lives is not documented; where it is a JWT that says so, that is believed.
    private static func authenticate(
        _ root: APIRoot, _ credentials: CertificallCredentials
    ) -> ProviderCall<AccessToken> {
        var fields = BodyFields()
        fields.add("username", credentials.username)
        fields.add("password", credentials.password)
        let request = ProviderRequest(
            "POST", root.url("/auth/token"), headers: ProviderHeaders.json, json: fields.json, repetition: .safe)
        return ProviderCall(json: request) { response throws(ProviderCallFailure) in
            let text = try response.text("token")
            let end = JSONWebToken(text)?.seconds("exp")
            guard let token = AccessToken(text, expiresAt: end.map { .init(secondsSinceEpoch: $0) }) else {
                throw .unexpectedResponse("token holds characters that no token has.")
            }
            return token
        }
    }

    /// `GET /frames`.
    package func frames() -> ProviderCall<[CertificallFrame]> {
        ProviderCall(json: get(root.url("/frames"))) { response throws(ProviderCallFailure) in
            try response.list { fields throws(ProviderCallFailure) in try CertificallFrame(fields) }
        }
    }

    /// `POST /certilink/create`. Throws `badInput`.
    package func create(_ order: CertilinkOrder) throws(ProviderCallFailure) -> ProviderCall<Certilink> {
        ProviderCall(json: post(certilinkRoot.url("/certilink/create"), try order.json())) {
            fields throws(ProviderCallFailure) in try Certilink(fields)
        }
    }

    /// `POST /certilink/bulk-create`. Throws `badInput`.
    package func create(_ orders: [CertilinkOrder]) throws(ProviderCallFailure) -> ProviderCall<CertilinkBatch> {
        guard !orders.isEmpty else { throw .badInput("There is no Certilink to create.") }
        var texts: [JSONText] = []
        for order in orders { texts.append(try order.json()) }
        return ProviderCall(json: post(certilinkRoot.url("/certilink/bulk-create"), .array(texts))) {
            fields throws(ProviderCallFailure) in try CertilinkBatch(fields)
        }
    }

    /// `POST /certilink/findCompanyMagicLinks`, which changes nothing. Throws `badInput`.
    ///
    /// - Parameter limit: 1 to 100.
    package func find(
        start: Int64 = 0, limit: Int64 = 100
    ) throws(ProviderCallFailure) -> ProviderCall<[ListedCertilink]> {
        try InputCheck.range(start, 0...Int64.max, "start")
        try InputCheck.range(limit, 1...100, "limit")
        var fields = BodyFields()
        fields.add("start", start)
        fields.add("limit", limit)
        let request = post(certilinkRoot.url("/certilink/findCompanyMagicLinks"), fields.json, repetition: .safe)
        return ProviderCall(json: request) { response throws(ProviderCallFailure) in
            try response.list { fields throws(ProviderCallFailure) in try ListedCertilink(fields) }
        }
    }

    /// `PATCH /certilink/{magicLinkToken}`. Throws `badInput`.
    package func update(
        _ magicLinkToken: String, _ change: CertilinkChange
    ) throws(ProviderCallFailure) -> ProviderCall<ResponseFields> {
        ProviderCall(
            ProviderRequest(
                "PATCH", try linkURL(magicLinkToken), headers: ProviderHeaders.json, json: try change.json(),
                needsAccessToken: true))
    }

    /// `DELETE /certilink/{magicLinkToken}`. Throws `badInput`.
    package func delete(_ magicLinkToken: String) throws(ProviderCallFailure) -> ProviderCall<ResponseFields> {
        ProviderCall(
            ProviderRequest(
                "DELETE", try linkURL(magicLinkToken), headers: ProviderHeaders.json, needsAccessToken: true))
    }

    /// `GET /cases?format=metadata`. Throws `badInput`.
    package func cases(_ query: CertificallCaseQuery) throws(ProviderCallFailure) -> ProviderCall<[CertificallCase]> {
        ProviderCall(json: get(root.url("/cases", query: try query.query()))) {
            response throws(ProviderCallFailure) in
            try response.list { fields throws(ProviderCallFailure) in try CertificallCase(fields) }
        }
    }

    /// `GET /reports/{reportToken}`, without a login: a list of cases. Throws `badInput`.
    package func reports(_ reportToken: String) throws(ProviderCallFailure) -> ProviderCall<ResponseFields> {
        let path = "/reports/\(try PercentEncoding.segment(reportToken, "reportToken"))"
        return ProviderCall(ProviderRequest("GET", root.url(path), headers: ProviderHeaders.json))
    }

    private func linkURL(_ magicLinkToken: String) throws(ProviderCallFailure) -> String {
        certilinkRoot.url("/certilink/\(try PercentEncoding.segment(magicLinkToken, "magicLinkToken"))")
    }

    private func get(_ url: String) -> ProviderRequest {
        ProviderRequest("GET", url, headers: ProviderHeaders.json, needsAccessToken: true)
    }

    private func post(
        _ url: String, _ json: JSONText, repetition: ProviderRequest.Repetition? = nil
    ) -> ProviderRequest {
        ProviderRequest(
            "POST", url, headers: ProviderHeaders.json, json: json, repetition: repetition, needsAccessToken: true)
    }
}
