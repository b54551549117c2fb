package import Deliveries
internal import TextForms

/// Parses deliveries with the providers of their sources, and assigns topics by the sources' routes. Needs no secrets,
/// because deliveries in the journal are already accepted.
package struct DeliveryParser: Sendable {
    /// The properties of a source that parsing needs.
    package struct Reading: Sendable {
        let name: String
        let provider: any Provider
        let routes: RouteTable

        package init(name: String, provider: any Provider, routes: RouteTable) {
            self.name = name
            self.provider = provider
            self.routes = routes
        }
    }

    private let sources: [Reading]
    private let providers: ProviderCatalog

    package init(_ sources: [Reading], providers: ProviderCatalog) {
        self.sources = sources
        self.providers = providers
    }

    /// The reports of a delivery, at least one.
    package func reports(of delivery: ArchivedDelivery) -> [ReportContent] {
        let source = sources.first { $0.name == delivery.source }
        // If the source was removed from the configuration, a provider that has the same name as the source parses the
        // delivery.
        guard let provider = source?.provider ?? providers.provider(named: delivery.source) else {
            return [
                ReportContent(
                    provider: delivery.source, type: ReportContent.unrecognisedType,
                    dedupeKey: "delivery:\(delivery.id)", problem: "no source with this name is configured")
            ]
        }
        let readable = delivery.readableBody
        return provider.parse(delivery.read(as: readable)).reports.map {
            $0.completed(delivery.verification, readable)
        }
    }

    /// The route for reports of this source and type; nil if no rule matches.
    package func route(source: String, type: String) -> Route? {
        sources.first { $0.name == source }?.routes.route(forType: type)
    }
}

extension ReportContent {
    /// Adds the problem of the body to the report. Also gives an unverified report a separate key, so it never becomes
    /// the first arrival or an attempt of a verified report. Browser redirects keep their keys, because they are never
    /// verified.
    fileprivate func completed(_ verification: Verification, _ body: ReadableBody) -> ReportContent {
        let isKeyed = ![.verified, .fetched].contains(verification) && type != Self.redirectType
        guard isKeyed || body.problem != nil else { return self }
        // Without a body, the parser's only problem is that the body is empty, so the body's own problem replaces it.
        let problems = body.bytes.isEmpty ? [body.problem ?? problem] : [body.problem, problem]
        return ReportContent(
            provider: provider, type: type, dedupeKey: isKeyed ? "\(verification.rawValue):\(dedupeKey)" : dedupeKey,
            providerTime: providerTime, externalInfo: externalInfo, fields: fields,
            problem: problems.contains { $0 != nil } ? problems.compactMap(\.self).joined(separator: "; ") : nil)
    }
}
