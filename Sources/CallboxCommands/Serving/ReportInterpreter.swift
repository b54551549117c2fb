internal import Deliveries
internal import Providers
package import ReportArchive

/// What the projection asks about a delivery: which reports are in it, and which route each takes.
package enum ReportInterpreter {
    /// A function of the configured sources. Secrets play no part: what is in the journal was let in already.
    package static func function(for settings: [SourceSettings]) -> Projector.Interpret {
        { delivery in
            let source = settings.first { $0.name == delivery.source }
            // A source that was taken out of the configuration is still read by the provider of its name.
            guard let provider = source?.provider ?? ProviderCatalog.provider(named: delivery.source) else {
                let content = ReportContent(
                    provider: delivery.source, kind: ReportContent.unrecognisedKind,
                    dedupeKey: "delivery:\(delivery.id)",
                    problem: "no source of this name is configured any more")
                return [RoutedReport(content: content, route: nil)]
            }
            let routes = source?.routes ?? .empty
            return provider.interpret(delivery).reports.map { content in
                RoutedReport(
                    content: content.keyed(by: delivery.verification, method: delivery.request.method),
                    route: routes.route(forKind: content.kind))
            }
        }
    }
}

extension ReportContent {
    /// The report with a key that tells what was proved from what was not: a delivery that nobody vouches for never becomes the
    /// first arrival of a report whose sender is proved, nor an attempt of it. A browser's visit is never proved, so its key
    /// stays as it is.
    fileprivate func keyed(by verification: Verification, method: String) -> ReportContent {
        guard verification != .verified, method != "GET" else { return self }
        return ReportContent(
            provider: provider, kind: kind, dedupeKey: "\(verification.rawValue):\(dedupeKey)",
            providerTime: providerTime,
            externalInfo: externalInfo, fields: fields, problem: problem)
    }
}
