internal import Deliveries
internal import StrictJSON

/// Certn's legacy API (certn-reference: Legacy API).
package enum CertnLegacyAPI {
    package static let description = APIDescription(
        name: "certn-legacy", provider: "certn", defaultURL: "https://demo-api.certn.co",
        credentials: ["client-id", "client-secret"], callsPerMinute: 120, login: login, rejection: rejection,
        links: [CertnLinkForm.self],
        lookups: [CertnUsers.self, CertnApplicants.self, CertnApplicant.self, CertnReport.self],
        followUp: rules)

    /// The purposes of a check. Each order must name one of them.
    static let industries = ["hr", "pm"]
    static let industry = Field(
        "industry", .choice(industries), value: "hr|pm", "Purpose of the check: hr or pm. (default: hr)")

    /// `POST /token/`.
    static func login(_ account: APIAccount) throws -> ProviderCall<AccessToken> {
        guard !account.name.contains(":") else { throw ProviderCallFailure.badInput("client-id contains a colon.") }
        let pair = Base64Text.encode(Array("\(account.name):\(account.text("client-secret"))".utf8))
        let request = ProviderRequest(
            "POST", account.root.url("/token/"),
            headers: [
                HeaderField("Content-Type", "application/x-www-form-urlencoded"),
                HeaderField("Accept", "application/json"), HeaderField("Authorization", "Basic \(pair)"),
            ], body: Array("grant_type=client_credentials".utf8), repetition: .safe)
        return ProviderCall(json: request) { try $0.accessToken("access_token", lifetime: "expires_in") }
    }

    /// `GET /api/v1/users/`. Returns the IDs of users who can own an order.
    static func users(_ account: APIAccount) -> ProviderCall<[ResponseFields]> {
        ProviderCall(json: account.request("GET", "/api/v1/users/")) { try $0.elements("results") }
    }

    /// `GET …/applicants/{id}/`.
    static func applicant(_ id: String, _ industry: String, _ account: APIAccount) throws -> ProviderRequest {
        account.request("GET", "/api/v1/\(industry)/applicants/\(try APIRoot.segment(id, "The applicant"))/")
    }

    /// Reads `{detail}`, or an object that has lists of strings by field and is nested like the order.
    static func rejection(_ response: ProviderResponse) -> ProviderRejection? {
        guard !response.isSuccess else { return nil }
        var words = RejectionWords(response)
        words.appendAll(leavingOut: ["detail", "non_field_errors"])
        var advice: String?
        if response.status == 410 {
            advice = "Certn has switched off its legacy API; order through Certn Centric."
        } else if words.contains("incomplete") && words.contains("report") {
            advice = "Wait until the applicant's status is Returned, then request the report."
        } else if words.contains("account not configured") {
            advice = "Ask Certn to enable this check for the team, or omit the check."
        }
        return ProviderRejection(
            response, words: words, advice: advice,
            credentials: "client_id and client_secret, and that they are for this host")
    }

    /// Pending applications are polled, because the legacy webhook may not be configured.
    private static let rules = FollowUpRules(
        linkSweep: { link in
            guard let applicant = link.keys.first(where: { $0.name == "id" })?.value,
                let industry = link.api.split(separator: "/").last, industries.contains(String(industry))
            else { return nil }
            return FollowUpTarget(completeApplicant.name, "\(industry)/\(applicant)")
        }, tasks: [completeApplicant])

    /// Fetches an applicant whose report is complete. The subject contains the industry and the applicant ID. A person
    /// may take weeks to act, so Callbox tries once per hour for 30 days.
    private static let completeApplicant = FollowUpTask(name: "certn-applicant", attemptLimit: 720) {
        subject, account, _ in
        let parts = subject.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, industries.contains(parts[0]) else {
            throw ProviderCallFailure.badInput("The follow-up contains no applicant ID.")
        }
        return ProviderCall(
            json: try applicant(parts[1], parts[0], account)
        ) { fields in
            _ = try fields.text("id")
            let status = fields.optionalText("report_status")
            guard status == "COMPLETE" else { return .notYet("the report is \(status ?? "not there")") }
            return .fetched(fields.response, path: "/api/v1/\(parts[0])/applicants/\(parts[1])/")
        }
    }
}
