import Deliveries
import Journal
import ReportIndex

extension RoutedReport {
    /// A report with a default for everything, so that each argument of a test matters. Its problem is its key, to know it by.
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
