package import Deliveries

/// Finds the reports in deliveries and the routes of these reports. Both functions are pure, so a rebuild produces the
/// same rows.
package struct ReportParser: Sendable {
    /// Returns the reports of a delivery, at least one.
    package let parse: @Sendable (ArchivedDelivery) -> [ReportContent]
    /// Returns the route of a report; nil if no rule matches.
    package let route: @Sendable (_ source: String, _ type: String) -> Route?

    package init(
        parse: @escaping @Sendable (ArchivedDelivery) -> [ReportContent],
        route: @escaping @Sendable (_ source: String, _ type: String) -> Route?
    ) {
        self.parse = parse
        self.route = route
    }

    func routed(_ contents: [ReportContent], source: String) -> [RoutedReport] {
        contents.map { RoutedReport(content: $0, route: route(source, $0.type)) }
    }
}

/// A report and its route.
package struct RoutedReport: Sendable, Equatable {
    package let content: ReportContent
    /// The route; nil if no rule of the source matches.
    package let route: Route?

    package init(content: ReportContent, route: Route?) {
        self.content = content
        self.route = route
    }
}

/// The properties of one delivery that the index stores.
package struct IndexedDelivery: Sendable {
    package let id: DeliveryID
    package let source: String
    package let receivedAt: Timestamp
    package let originID: Int64
    package let byteCount: Int
    package let reports: [RoutedReport]
}
