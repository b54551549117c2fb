internal import Deliveries
internal import Providers
package import ReportIndex

extension ReportParser {
    /// Parses and routes reports according to a configuration.
    package init(_ configuration: CallboxConfiguration) {
        let parser = DeliveryParser(
            configuration.sources.map { .init(name: $0.name, provider: $0.provider, routes: $0.routes) },
            providers: configuration.providers)
        self.init(parse: parser.reports, route: parser.route)
    }
}
