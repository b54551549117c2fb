package import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex

/// Determines the responses to deliveries, because responses are not stored. A provider got 200. For a browser
/// redirect, the configuration determines the response.
package struct DeliveryResponses: Sendable {
    private let sources: [SourceSettings]
    private let redirectTypes: Set<String>

    package init(_ configuration: CallboxConfiguration) {
        sources = configuration.sources
        redirectTypes = Set(configuration.providers.descriptors.compactMap(\.redirectType))
    }

    /// The status of the response. Nil for fetched and released deliveries, and for responses that cannot be
    /// determined.
    func status(of arrival: FeedArrival, _ reader: ArchiveReader) -> Int? {
        let report = arrival.report
        // A delivery that was released from the quarantine already got 401 when it was rejected.
        guard report.verification != .fetched, arrival.releasedFrom == nil else { return nil }
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

    /// The response to an unverified delivery.
    static let rejected = 401
}
