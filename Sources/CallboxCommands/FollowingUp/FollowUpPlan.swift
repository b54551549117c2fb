internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex

/// Which calls a delivery, or a link that nothing came for, leads to. Pure.
struct FollowUpPlan: Sendable {
    /// APIs whose configuration wants it, with the source that takes in what is fetched.
    let sources: [ProviderAPI: String]
    /// Rests between two tries, where the configuration names them.
    let pollIntervals: [ProviderAPI: Duration]

    /// Reports that lead to calls. Only deliveries that bring one are read.
    static let triggers = [
        (provider: "certn-centric", type: "CASE_REPORT_READY"), (provider: "ezid", type: "redirect"),
    ]

    /// APIs that are looked through for what they have not told.
    static let sweptAPIs: [ProviderAPI] = [.certnLegacy, .certificall]

    init(_ configuration: CallboxConfiguration) {
        pollIntervals = configuration.apis.compactMapValues(\.pollInterval)
        var sources: [ProviderAPI: String] = [:]
        for (api, settings) in configuration.apis where settings.followsUp {
            let named = settings.source
            let source = configuration.sources.first { source in
                named.map { $0 == source.name } ?? (source.provider.name == api.sourceProvider)
            }
            sources[api] = source?.name
        }
        self.sources = sources
    }

    var isEmpty: Bool { sources.isEmpty }

    func orders(after delivery: DeliveryID, _ reports: [DeliveredReport]) -> [FollowUpOrder] {
        reports.flatMap { delivered -> [FollowUpOrder] in
            let report = delivered.report
            // Only the first arrival of a report, and nothing that we fetched ourselves.
            guard delivered.attemptNumber == 1, report.verification != .fetched else { return [] }
            switch (report.provider, report.type) {
            case ("certn-centric", "CASE_REPORT_READY"):
                // What nothing proves may not make us call.
                guard report.verification == .verified, let source = sources[.certnCentric],
                    let caseID = delivered.value(of: "object_id")
                else { return [] }
                let event = "\(caseID)/\(delivered.value(of: "id") ?? "\(delivery)")"
                return [(FollowUpTask.centricCase, event), (.centricReport, caseID)].map { task, subject in
                    FollowUpOrder(source: source, task: task.rawValue, subject: subject, cause: delivery)
                }
            case ("ezid", "redirect"):
                guard let source = sources[.ezid], let uuid = delivered.value(of: "uuid") else { return [] }
                return [
                    FollowUpOrder(
                        source: source, task: FollowUpTask.ezidClaims.rawValue, subject: uuid, cause: delivery)
                ]
            default: return []
            }
        }
    }

    /// Links for which Certn's legacy webhook may not be set up: polled until the report is complete.
    func orders(for links: [LinkProgress]) -> [FollowUpOrder] {
        guard let source = sources[.certnLegacy] else { return [] }
        return links.compactMap { progress in
            let link = progress.link
            guard link.order.provider == "certn-legacy", progress.isAwaited,
                let applicant = link.order.keys.first(where: { $0.name == "id" })?.value,
                let industry = link.order.api.split(separator: "/").last, ["hr", "pm"].contains(industry)
            else { return nil }
            return FollowUpOrder(
                source: source, task: FollowUpTask.certnApplicant.rawValue, subject: "\(industry)/\(applicant)")
        }
    }

    /// Between two looks at an API: an hour at Certificall, where the list of cases is long, five minutes elsewhere.
    func sweepInterval(of api: ProviderAPI) -> Duration {
        pollIntervals[api] ?? (api == .certificall ? .seconds(3600) : .seconds(300))
    }

    /// What is younger than this may still be told by its provider, and is left alone.
    func patience(with api: ProviderAPI) -> Duration {
        min(sweepInterval(of: api), .seconds(300))
    }

    /// A look at Certificall's closed cases, once an interval however often the server starts.
    func certificallSweep(at now: Timestamp) -> [FollowUpOrder] {
        guard let source = sources[.certificall] else { return [] }
        let interval = max(sweepInterval(of: .certificall).milliseconds, 1)
        let start = now.millisecondsSinceEpoch / interval * interval
        return [
            FollowUpOrder(source: source, task: FollowUpTask.certificallCases.rawValue, subject: "\(start)")
        ]
    }
}

extension DeliveredReport {
    fileprivate func value(of name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}
