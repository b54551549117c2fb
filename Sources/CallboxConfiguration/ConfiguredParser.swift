internal import Deliveries
internal import Providers
package import ReportIndex

/// Finds the reports in deliveries and their routes, for the indexer.
package enum ConfiguredParser {
    /// A function of the configured sources. Secrets play no part: what is in the journal was let in already.
    package static func parser(for settings: [SourceSettings]) -> ReportParser {
        ReportParser(
            parse: { delivery in
                let source = settings.first { $0.name == delivery.source }
                // A source that is not configured any more is still read by the provider of its name.
                guard let provider = source?.provider ?? ProviderCatalog.provider(named: delivery.source) else {
                    return [
                        ReportContent(
                            provider: delivery.source, type: ReportContent.unrecognisedType,
                            dedupeKey: "delivery:\(delivery.id)",
                            problem: "no source of this name is configured any more")
                    ]
                }
                return provider.parse(delivery).reports.map {
                    $0.keyed(by: delivery.verification, method: delivery.request.method)
                }
            },
            route: { source, type in
                settings.first { $0.name == source }?.routes.route(forType: type)
            })
    }
}

extension ReportContent {
    /// The report with a key that tells what was proved from what was not: a delivery that nobody vouches for never becomes the
    /// first arrival of a report whose sender is proved, nor an attempt of it. A browser redirect is never proved, so its key
    /// stays as it is.
    fileprivate func keyed(by verification: Verification, method: String) -> ReportContent {
        guard verification != .verified, method != "GET" else { return self }
        return ReportContent(
            provider: provider, type: type, dedupeKey: "\(verification.rawValue):\(dedupeKey)",
            providerTime: providerTime,
            externalInfo: externalInfo, fields: fields, problem: problem)
    }
}
