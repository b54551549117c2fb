internal import Deliveries
internal import StrictJSON

/// CertnCentric's API. The key belongs to one region (certn-reference: Centric API).
package enum CentricAPI {
    package static let description = APIDescription(
        name: "certn-centric", provider: "certn", defaultURL: "https://api.sandbox.certn.co", credentials: ["api-key"],
        callsPerMinute: 60, rejection: rejection, links: [CentricLinkForm.self],
        cancel: LinkCancellation(key: "object_id", effect: "cancels the case") { id, account in
            ProviderCall(account.centric("POST", try path(id, "cancel/")), read: { _ in })
        }, followUp: rules)

    static func path(_ id: String, _ rest: String = "") throws -> String {
        "/cases/\(try APIRoot.segment(id, "The case"))/\(rest)"
    }

    /// Reads `{type, errors: [{code, detail, attr}]}`.
    static func rejection(_ response: ProviderResponse) -> ProviderRejection? {
        guard !response.isSuccess else { return nil }
        var words = RejectionWords(response)
        var code: String?
        for error in RejectionWords.elements(words.json?["errors"]) {
            let detail = error["detail"]?.scalarText ?? error["code"]?.scalarText ?? ""
            let place = error["attr"]?.scalarText ?? ""
            words.append(place.isEmpty || detail.isEmpty ? detail : "\(place): \(detail)")
            code = code ?? error["code"]?.scalarText
        }
        if words.texts.isEmpty { words.append(words.json?["detail"]?.scalarText) }
        return ProviderRejection(
            response, code: (code ?? words.json?["type"]?.scalarText).map { String($0.prefix(64)) }, words: words,
            advice: nil, credentials: "the API key, which is valid for 365 days and in one region")
    }

    /// A delivery only announces a report by its IDs. Unverified deliveries must not trigger calls.
    private static let rules = FollowUpRules(
        triggers: [
            .init(provider: "certn-centric", type: "CASE_REPORT_READY") { report in
                guard report.verification == .verified, let id = report.value(of: "object_id") else { return [] }
                return [
                    FollowUpTarget(caseObject.name, "\(id)/\(report.value(of: "id") ?? "\(report.delivery)")"),
                    FollowUpTarget(caseReport.name, id),
                ]
            }
        ], tasks: [caseObject, caseReport])

    /// `GET /cases/{id}/`. The subject contains the case ID and the event ID.
    private static let caseObject = FollowUpTask(name: "centric-case") { subject, account, _ in
        let id = subject.split(separator: "/").first.map(String.init) ?? ""
        return ProviderCall(json: account.centric("GET", try path(id))) { fields in
            _ = try fields.text("id")
            return .fetched(fields.response, path: "/api/public/cases/\(id)/")
        }
    }

    /// Fetches the report of a case as PDF, once per case, because each request causes another CASE_REPORT_READY. The
    /// subject is the case ID. Certn creates a report file within seconds to minutes.
    private static let caseReport = FollowUpTask(name: "centric-report", firstWait: .seconds(10)) { id, account, _ in
        let body = JSONText.object([.init("language", .string("en-CA"))])
        let order = account.centric("POST", try path(id, "generate-report/"), json: body)
        return ProviderCall(json: order) { try $0.text("case_report_file_id") }
            .then { .call(try reportFile($0, ofCase: id, account, looks: 6)) }
    }

    /// Requests `GET /cases/report-files/{id}/` every 2 s until the file is complete, then the PDF at its signed URL,
    /// without the API key.
    private static func reportFile(
        _ file: String, ofCase id: String, _ account: APIAccount, looks: Int
    ) throws -> ProviderCall<FollowUpResult> {
        let path = "/cases/report-files/\(try APIRoot.segment(file, "The report file"))/"
        return ProviderCall(json: account.centric("GET", path)) {
            (try $0.text("status"), $0.optionalText("pdf_url"))
        }.then { status, url in
            if status == "PENDING", looks > 1 {
                return .call(try reportFile(file, ofCase: id, account, looks: looks - 1), after: .seconds(2))
            }
            guard status == "COMPLETE", let url else { return .done(.notYet("the report file is \(status)")) }
            guard account.root.permits(link: url) else {
                throw ProviderCallFailure.badInput(
                    "The URL of the PDF is neither an https URL of a public host nor a URL of the API.")
            }
            let request = ProviderRequest(
                "GET", url, headers: [HeaderField("Accept", "application/pdf")],
                isForeign: !account.root.hasHost(of: url))
            return .call(
                ProviderCall(
                    request,
                    read: { response in
                        _ = try response.pdf
                        return .fetched(response, path: "/api/public/cases/\(id)/report.pdf")
                    }))
        }
    }
}

extension APIAccount {
    /// A request that contains the API key.
    func centric(_ method: String, _ path: String, json: JSONText? = nil) -> ProviderRequest {
        request(
            method, "/api/public\(path)", json: json,
            headers: [HeaderField("Authorization", "Api-Key \(text("api-key"))")])
    }
}
