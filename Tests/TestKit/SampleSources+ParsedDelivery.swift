package import Deliveries
internal import Providers

extension SampleSources {
    /// What a delivery to one of the sample sources says and the route of each report, as the server finds it.
    package static func parse(_ delivery: ArchivedDelivery) -> [(content: ReportContent, route: Route?)] {
        guard let source = table.source(named: delivery.source) else { fatalError("no such source") }
        return source.provider.parse(delivery).reports.map { ($0, source.routes.route(forType: $0.type)) }
    }
}

extension Sample {
    /// The name of the source that takes it.
    package var sourceName: String {
        SampleSources.source(of: self).name
    }
}
