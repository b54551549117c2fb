package import Deliveries

/// What the projection writes of one delivery.
package struct ProjectedDelivery: Sendable {
    package let id: DeliveryID
    package let source: String
    package let receivedAt: Timestamp
    package let reports: [RoutedReport]

    package init(id: DeliveryID, source: String, receivedAt: Timestamp, reports: [RoutedReport]) {
        self.id = id
        self.source = source
        self.receivedAt = receivedAt
        self.reports = reports
    }
}

/// A report and the route it takes.
package struct RoutedReport: Sendable, Equatable {
    package let content: ReportContent
    /// Nil where no rule of the source takes the kind.
    package let route: Route?

    package init(content: ReportContent, route: Route?) {
        self.content = content
        self.route = route
    }
}
