package import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex

/// What was answered to deliveries. It is not stored: for a provider's own deliveries it is always 200, and for a browser it is
/// what the configuration answers today.
package struct DeliveryResponses: Sendable {
    private let sources: [SourceSettings]
    private let redirectTypes: Set<String>

    package init(_ configuration: CallboxConfiguration) {
        sources = configuration.sources
        redirectTypes = Set(configuration.providers.descriptors.compactMap(\.redirectType))
    }

    /// Nil where nobody was answered: for what we fetched ourselves, and where it is not known any more.
    func status(of arrival: FeedArrival, _ reader: ArchiveReader) -> Int? {
        let report = arrival.report
        // What came out of the quarantine was answered 401 when it arrived, and nothing now.
        guard report.verification != .fetched, arrival.promotedFrom == nil else { return nil }
        guard redirectTypes.contains(report.type), report.verification == .unverified else { return 200 }
        guard let source = sources.first(where: { $0.name == report.source }),
            let delivery = try? reader.delivery(report.deliveryID)
        else { return nil }
        guard case .redirect(let response) = source.provider.screen(delivery.request, redirects: source.redirects)
        else {
            return 200
        }
        return response.status
    }

    /// What everybody is answered whom nothing proves.
    static let rejected = 401
}
