internal import CallboxConfiguration
internal import Deliveries
internal import Intake
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import StrictJSON

/// Makes the calls of follow-ups and shapes what they bring into deliveries.
struct FollowUpCalls: Sendable {
    let access: ProviderAccess
    let reader: ArchiveReader
    let now: @Sendable () -> Timestamp
    /// A case that closed less long ago may still be delivered.
    let certificallPatience: Duration

    /// What a try came to.
    enum Result: Sendable {
        /// To be archived.
        case fetched(InboundRequest)
        /// Nothing to keep, but perhaps more to do.
        case nothing(orders: [FollowUpOrder])
        /// Not there yet; not a failure.
        case notYet(String)
    }

    func perform(_ followUp: FollowUp, _ task: FollowUpTask) async throws -> Result {
        let parts = followUp.order.subject.split(separator: "/", maxSplits: 1).map(String.init)
        guard let first = parts.first else { throw ProviderCallFailure.badInput("The follow-up has no subject.") }
        switch task {
        case .centricCase:
            let client = try access.certnCentric()
            let response = try await client.send(try client.case(first).exact)
            return .fetched(request("/api/public/cases/\(first)/", response))
        case .centricReport: return try await centricReport(of: first)
        case .certnApplicant:
            guard parts.count == 2, let industry = CertnLegacyClient.Industry(rawValue: first) else {
                throw ProviderCallFailure.badInput("The follow-up names no applicant.")
            }
            return try await applicant(parts[1], industry)
        case .ezidClaims: return try await claims(followUp)
        case .certificallCases: return try await certificallCases(followUp)
        case .certificallReport:
            guard let token = parts.dropFirst().first else {
                throw ProviderCallFailure.badInput("The follow-up names no reportToken.")
            }
            let client = try access.certificall()
            let response = try await client.send(try client.reports(token).exact)
            return .fetched(request("/certificall/api/reports/\(PathSegment.encode(token))", response))
        }
    }

    /// Asks for the report to be made, and fetches it when it is: a file that is there already is taken as it is.
    private func centricReport(of caseID: String) async throws -> Result {
        let client = try access.certnCentric()
        let fileID = try await client.send(try client.generateReport(of: caseID))
        var file = try await client.send(try client.reportFile(fileID))
        // Most are made within seconds; the rest at the next try.
        for _ in 0..<5 where file.status == "PENDING" {
            try await Task.sleep(for: .seconds(2))
            file = try await client.send(try client.reportFile(fileID))
        }
        guard file.status == "COMPLETE", let url = file.pdfURL else {
            return .notYet("the report file is \(file.status)")
        }
        let response = try await client.send(try client.downloadReport(from: url).exact)
        return .fetched(request("/api/public/cases/\(caseID)/report.pdf", response))
    }

    private func applicant(_ id: String, _ industry: CertnLegacyClient.Industry) async throws -> Result {
        let client = try access.certnLegacy()
        let call = try client.applicant(id, for: industry)
        let response = try await client.send(call.exact)
        let status = (try? JSONDocument(parsing: response.body))?.root["report_status"]?.string
        guard status == "COMPLETE" else { return .notYet("the report is \(status ?? "not there")") }
        return .fetched(request("/api/v1/\(industry.rawValue)/applicants/\(id)/", response))
    }

    /// Exchanges the code that a browser brought. The tokens open things for hours, so their claims are kept and they are not.
    private func claims(_ followUp: FollowUp) async throws -> Result {
        guard let cause = followUp.order.cause, let delivery = try reader.delivery(cause),
            let code = delivery.request.target.queryValue(named: "code")
        else { throw ProviderCallFailure.badInput("The code is no longer in the archive.") }
        let client = try access.ezid()
        let tokens = try await client.send(try client.verifyLink(code: Credential(code)))
        let verifier = try await access.ezidVerifier()
        let members: [JSONText.Member] = [
            .init("uuid", .string(followUp.order.subject)),
            .init("id_token", try await Self.described(tokens.idToken, verifier, at: now())),
            .init("access_token", try await Self.described(tokens.accessToken, verifier, at: now())),
            .init("refresh_token", .object([.init("given", .boolean(tokens.refreshToken != nil))])),
        ]
        let response = ProviderResponse(
            status: 200, headers: [HeaderField("Content-Type", "application/json")],
            body: Array(JSONText.object(members).compact.utf8))
        return .fetched(request("/email-link/verify", response, method: "POST"))
    }

    private static func described(
        _ token: Credential, _ verifier: EZiDTokenVerifier?, at now: Timestamp
    ) async throws -> JSONText {
        var rejection: String?
        var claims = EZiDClaims(unverified: token)
        if let verifier {
            do throws(EZiDTokenVerifier.Rejection) {
                claims = try await verifier.claims(of: token, at: now)
            } catch {
                rejection = error.rawValue
            }
        } else {
            rejection = "no public key of EZiD is configured"
        }
        return .object([
            .init("verified", .boolean(claims?.isVerified ?? false)), .init("rejection", .optional(rejection)),
            .init("claims", claims.map { .raw($0.rest.root.rawText) } ?? .null),
        ])
    }

    /// Every case, closed a while ago, that no delivery has told of. Older than ten days cannot be listed
    /// (certificall-reference: API).
    private func certificallCases(_ followUp: FollowUp) async throws -> Result {
        let client = try access.certificall()
        var query = CertificallCaseQuery()
        query.hours = 240
        query.withReportToken = true
        query.closed = true
        let cases = try await client.send(try client.cases(query))
        let latest = now().advanced(byMilliseconds: -certificallPatience.milliseconds)
        var orders: [FollowUpOrder] = []
        for found in cases {
            guard let token = found.reportToken, !token.isEmpty else { continue }
            if let end = found.closingDate.flatMap({ Timestamp(rfc3339: $0.utf8) }), end > latest { continue }
            var filter = ReportFilter()
            filter.providers = ["certificall"]
            filter.fields = [ReportField("cfRef", found.cfRef)]
            filter.limit = 1
            guard try reader.reports(matching: filter).isEmpty else { continue }
            orders.append(
                FollowUpOrder(
                    source: followUp.order.source, task: FollowUpTask.certificallReport.rawValue,
                    subject: "\(PathSegment.encode(found.cfRef))/\(token)"))
        }
        return .nothing(orders: orders)
    }

    /// An answer as a delivery: the path that was asked, the answer's headers and body.
    private func request(_ path: String, _ response: ProviderResponse, method: String = "GET") -> InboundRequest {
        InboundRequest(
            method: method, target: RequestTarget(path), headers: response.headers, body: response.body, peer: "api",
            receivedAt: now())
    }
}
