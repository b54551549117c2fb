internal import Deliveries
internal import StrictJSON

/// Certn's legacy API for one team (PROVIDERS.md 2A.2).
package struct CertnLegacyClient: ProviderClient {
    /// The demo.
    package static let defaultRoot = APIRoot(known: "https://demo-api.certn.co")
    /// What Certn grants.
    package static let callsPerMinute = 120

    /// The purpose that Certn must know of each order.
    package enum Industry: String, Sendable, CaseIterable {
        case humanResources = "hr"
        case propertyManagement = "pm"
    }

    /// A report's form.
    package enum ReportForm: String, Sendable {
        /// A file.
        case pdf
        /// A page.
        case web
    }

    private let root: APIRoot
    private let credentials: ClientCredentials
    private let session: ProviderSession

    package init(
        root: APIRoot = CertnLegacyClient.defaultRoot, credentials: ClientCredentials, calls: ProviderCalls,
        tokens store: any TokenStore = MemoryTokenStore()
    ) throws(ProviderCallFailure) {
        try credentials.validated()
        guard !credentials.clientID.contains(":") else { throw .badInput("client_id holds a colon.") }
        self.root = root
        self.credentials = credentials
        let open = ProviderSession(calls: calls, rejection: CertnLegacyRejection.parse)
        let login = Self.authenticate(root, credentials, calls.clock)
        session = ProviderSession(
            calls: calls,
            tokens: AccessTokens(
                account: TokenAccount(root: root, account: credentials.clientID), store: store, clock: calls.clock
            ) { () async throws(ProviderCallFailure) in try await open.send(login) },
            rejection: CertnLegacyRejection.parse)
    }

    package func send<Value>(_ call: ProviderCall<Value>) async throws(ProviderCallFailure) -> Value {
        try await session.send(call)
    }

    /// `POST /token/`. Calls that need a token make this one themselves.
    package func authenticate() -> ProviderCall<AccessToken> {
        Self.authenticate(root, credentials, session.calls.clock)
    }

    private static func authenticate(
        _ root: APIRoot, _ credentials: ClientCredentials, _ clock: CallClock
    ) -> ProviderCall<AccessToken> {
        let pair = Base64Text.encode(Array("\(credentials.clientID):\(credentials.clientSecret.text)".utf8))
        let headers = [
            HeaderField("Content-Type", "application/x-www-form-urlencoded"), HeaderField("Accept", "application/json"),
            HeaderField("Authorization", "Basic \(pair)"),
        ]
        let request = ProviderRequest(
            "POST", root.url("/token/"), headers: headers, body: Array("grant_type=client_credentials".utf8),
            repetition: .safe)
        return ProviderCall(json: request) { fields throws(ProviderCallFailure) in
            let end = fields.integer("expires_in").map { AccessToken.end(inSeconds: $0, from: clock.now()) }
            guard let token = AccessToken(try fields.text("access_token"), expiresAt: end) else {
                throw .unexpectedResponse("access_token holds characters that no token has.")
            }
            return token
        }
    }

    /// `GET /api/v1/users/`: whose ids an order takes as its owner.
    package func users() -> ProviderCall<CertnPage> {
        ProviderCall(json: get("/api/v1/users/")) { fields throws(ProviderCallFailure) in try CertnPage(fields) }
    }

    /// `POST …/applications/quick/`. Throws `badInput`.
    package func order(
        _ order: CertnQuickOrder, for industry: Industry
    ) throws(ProviderCallFailure) -> ProviderCall<CertnApplication> {
        application(post("/api/v1/\(industry.rawValue)/applications/quick/", try order.json()))
    }

    /// `POST …/applications/invite/`. Throws `badInput`.
    package func invite(
        _ order: CertnInviteOrder, for industry: Industry
    ) throws(ProviderCallFailure) -> ProviderCall<CertnApplication> {
        application(post("/api/v1/\(industry.rawValue)/applications/invite/", try order.json()))
    }

    /// `GET …/applicants/{id}/`. Throws `badInput`.
    package func applicant(
        _ id: String, for industry: Industry
    ) throws(ProviderCallFailure) -> ProviderCall<CertnApplication> {
        let path = "/api/v1/\(industry.rawValue)/applicants/\(try PercentEncoding.segment(id, "The applicant"))/"
        return application(get(path))
    }

    /// `GET …/applicants/`. Throws `badInput`.
    package func applicants(
        _ paging: CertnPaging = CertnPaging(), for industry: Industry
    ) throws(ProviderCallFailure) -> ProviderCall<CertnPage> {
        let request = get("/api/v1/\(industry.rawValue)/applicants/", query: try paging.query())
        return ProviderCall(json: request) { fields throws(ProviderCallFailure) in try CertnPage(fields) }
    }

    /// `GET /api/v2/reports/{id}/pdf/` or `/web/`. Throws `badInput`.
    package func report(
        of id: String, as form: ReportForm = .pdf
    ) throws(ProviderCallFailure) -> ProviderCall<DownloadedFile> {
        let path = "/api/v2/reports/\(try PercentEncoding.segment(id, "The applicant"))/\(form.rawValue)/"
        let request = ProviderRequest("GET", root.url(path), headers: ProviderHeaders.any, needsAccessToken: true)
        return ProviderCall(request) { response throws(ProviderCallFailure) in
            try DownloadedFile(response, form == .pdf ? .pdf : .any)
        }
    }

    private func application(_ request: ProviderRequest) -> ProviderCall<CertnApplication> {
        ProviderCall(json: request) { fields throws(ProviderCallFailure) in try CertnApplication(fields) }
    }

    private func get(_ path: String, query: [(String, String?)] = []) -> ProviderRequest {
        ProviderRequest("GET", root.url(path, query: query), headers: ProviderHeaders.json, needsAccessToken: true)
    }

    private func post(_ path: String, _ json: JSONText) -> ProviderRequest {
        ProviderRequest("POST", root.url(path), headers: ProviderHeaders.json, json: json, needsAccessToken: true)
    }
}
