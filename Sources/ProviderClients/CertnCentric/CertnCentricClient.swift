internal import Deliveries
internal import StrictJSON

/// CertnCentric's API for one region's key (PROVIDERS.md 2B.2).
package struct CertnCentricClient: ProviderClient {
    /// The sandbox.
    package static let defaultRoot = APIRoot(known: "https://api.sandbox.certn.co")
    /// What Certn grants.
    package static let callsPerMinute = 60

    private let root: APIRoot
    private let apiKey: Credential
    private let session: ProviderSession

    package init(
        root: APIRoot = CertnCentricClient.defaultRoot, apiKey: Credential, calls: ProviderCalls
    ) throws(ProviderCallFailure) {
        try apiKey.validated("The API key")
        self.root = root
        self.apiKey = apiKey
        session = ProviderSession(calls: calls, rejection: CertnCentricRejection.parse)
    }

    package func send<Value>(_ call: ProviderCall<Value>) async throws(ProviderCallFailure) -> Value {
        try await session.send(call)
    }

    /// `GET /cases/{id}/`. Throws `badInput`.
    package func `case`(_ id: String) throws(ProviderCallFailure) -> ProviderCall<CentricCase> {
        centricCase(get(try Self.path(id, "")))
    }

    /// `POST /cases/order/`. Throws `badInput`.
    package func order(_ order: CentricCaseOrder) throws(ProviderCallFailure) -> ProviderCall<CentricCase> {
        centricCase(post("/cases/order/", try order.json()))
    }

    /// `POST /cases/order-package/`. Throws `badInput`.
    package func order(_ order: CentricPackageOrder) throws(ProviderCallFailure) -> ProviderCall<CentricCase> {
        centricCase(post("/cases/order-package/", try order.json()))
    }

    /// `POST /cases/{id}/cancel/`. Throws `badInput`.
    package func cancel(_ id: String) throws(ProviderCallFailure) -> ProviderCall<Void> {
        ProviderCall(ProviderRequest("POST", url(try Self.path(id, "cancel/")), headers: headers)) { _ in }
    }

    /// `POST /cases/{id}/generate-report/`, in Canadian English; the id of the report file. Throws `badInput`.
    package func generateReport(of id: String) throws(ProviderCallFailure) -> ProviderCall<String> {
        var fields = BodyFields()
        fields.add("language", "en-CA")
        return ProviderCall(json: post(try Self.path(id, "generate-report/"), fields.json)) {
            response throws(ProviderCallFailure) in try response.text("case_report_file_id")
        }
    }

    /// `GET /cases/report-files/{id}/`. Throws `badInput`.
    package func reportFile(_ id: String) throws(ProviderCallFailure) -> ProviderCall<CentricReportFile> {
        let path = "/cases/report-files/\(try PercentEncoding.segment(id, "The report file"))/"
        return ProviderCall(json: get(path)) { fields throws(ProviderCallFailure) in try CentricReportFile(fields) }
    }

    /// The PDF behind a report file's signed address, without our key. Throws `badInput` for addresses that are not https.
    package func downloadReport(from pdfURL: Credential) throws(ProviderCallFailure) -> ProviderCall<DownloadedFile> {
        guard APIRoot.isCredentialSafe(pdfURL.text) else {
            throw .badInput("The address of the PDF is no https address.")
        }
        let request = ProviderRequest("GET", pdfURL.text, headers: [HeaderField("Accept", "application/pdf")])
        return ProviderCall(request) { response throws(ProviderCallFailure) in try DownloadedFile(response, .pdf) }
    }

    private var headers: [HeaderField] {
        ProviderHeaders.json + [HeaderField("Authorization", "Api-Key \(apiKey.text)")]
    }

    private static func path(_ id: String, _ rest: String) throws(ProviderCallFailure) -> String {
        "/cases/\(try PercentEncoding.segment(id, "The case"))/\(rest)"
    }

    private func url(_ path: String) -> String {
        root.url("/api/public\(path)")
    }

    private func get(_ path: String) -> ProviderRequest {
        ProviderRequest("GET", url(path), headers: headers)
    }

    private func post(_ path: String, _ json: JSONText) -> ProviderRequest {
        ProviderRequest("POST", url(path), headers: headers, json: json)
    }

    private func centricCase(_ request: ProviderRequest) -> ProviderCall<CentricCase> {
        ProviderCall(json: request) { fields throws(ProviderCallFailure) in try CentricCase(fields) }
    }
}
