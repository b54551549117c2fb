import Deliveries
import Journal
import ReportIndex

extension RoutedReport {
    /// A report with defaults for all properties. The report's problem is its key, so tests can recognise it.
    static func fixture(
        provider: String = "klavi", type: String = "link_created", key: String = "key", providerTime: Timestamp? = nil,
        externalInfo: String? = nil, fields: [ReportField] = [], problem: String? = nil,
        route: Route? = Route(rule: .specific, topic: "links")
    ) -> RoutedReport {
        RoutedReport(
            content: ReportContent(
                provider: provider, type: type, dedupeKey: key, providerTime: providerTime, externalInfo: externalInfo,
                fields: fields, problem: problem ?? key),
            route: route)
    }
}

extension [IdentityFamily] {
    static var fixture: [IdentityFamily] {
        [
            IdentityFamily("link", ["linkId"], subject: .link),
            IdentityFamily("connection", ["connection_id"], subject: .link),
            IdentityFamily("case", ["object_id", "cfRef"], subject: .case),
            IdentityFamily("applicant", ["id"], subject: .case, api: "legacy"),
            IdentityFamily("person", ["personalTaxId", "login_hint"], subject: .subject),
            IdentityFamily("request", ["requestId"]),
        ]
    }

    static var link: [IdentityFamily] { fixture.identifying(.link) }
}
