internal import Deliveries
internal import StrictJSON
internal import TextForms

/// Certificall does not repeat a lost webhook, so Callbox fetches closed cases that have no delivery. Cases older than
/// ten days cannot be listed (certificall-reference: API).
enum CertificallFollowUp {
    static let rules = FollowUpRules(
        sweepTask: closedCases.name,
        // The interval is long because the list of cases is long.
        sweepInterval: .seconds(3600), tasks: [closedCases, report])

    /// Lists the cases that closed at least `patience` ago. The subject of this task is the start of the sweep
    /// interval.
    private static let closedCases = FollowUpTask(name: "certificall-cases") { _, account, context in
        CertificallAPI.cases(hours: "240", closed: true, withReportToken: true, account).map { cases in
            .found(try cases.compactMap { try target($0, context.patience) })
        }
    }

    private static func target(_ found: ResponseFields, _ patience: Duration) throws -> FollowUpTarget? {
        let reference = try found.text("cfRef")
        guard let token = found.optionalText("reportToken") else { return nil }
        let latest = found.response.receivedAt.advanced(byMilliseconds: -patience.components.seconds * 1000)
        if let end = found.optionalText("closingDate").flatMap(TimeText.read), end > latest {
            return nil
        }
        return FollowUpTarget(
            report.name, "\(APIRoot.encode(reference))/\(token)", unlessReported: ReportField("cfRef", reference))
    }

    /// `GET /reports/{reportToken}`, without a login. The subject contains cfRef and reportToken.
    private static let report = FollowUpTask(name: "certificall-report") { subject, account, _ in
        guard let slash = subject.firstIndex(of: "/") else {
            throw ProviderCallFailure.badInput("The follow-up contains no reportToken.")
        }
        let token = try APIRoot.segment(String(subject[subject.index(after: slash)...]), "reportToken")
        let request = account.request("GET", "/reports/\(token)", needsAccessToken: false)
        return ProviderCall(json: request) { .fetched($0.response, path: "/certificall/api/reports/\(token)") }
    }
}
