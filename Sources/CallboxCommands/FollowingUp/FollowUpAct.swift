internal import Deliveries
internal import Providers
internal import ReportArchive

/// What is fetched from a provider. The raw values stand in the archive.
enum FollowUpAct: String, CaseIterable, Sendable {
    /// Centric's case, after CASE_REPORT_READY. Subject: case id and event id.
    case centricCase = "centric-case"
    /// The report of a Centric case as PDF, once a case: asking for it leads to a CASE_REPORT_READY again. Subject: case id.
    case centricReport = "centric-report"
    /// A legacy applicant, until its report is complete. Subject: industry and applicant id.
    case certnApplicant = "certn-applicant"
    /// The claims behind an EZiD code. Subject: the code's uuid.
    case ezidClaims = "ezid-claims"
    /// The closed cases of the last days, to see whether a webhook never came. Subject: when the look was due, in
    /// milliseconds since 1970.
    case certificallCases = "certificall-cases"
    /// A closed case whose webhook never came. Subject: cfRef and reportToken.
    case certificallReport = "certificall-report"

    var api: ProviderAPI {
        switch self {
        case .centricCase, .centricReport: .certnCentric
        case .certnApplicant: .certnLegacy
        case .ezidClaims: .ezid
        case .certificallCases, .certificallReport: .certificall
        }
    }

    /// How many milliseconds a failed try rests before the next, by the number of tries: twice as long each time, an hour
    /// at most.
    ///
    /// - Parameter pollInterval: the first rest, where the configuration names one.
    func wait(after attemptCount: Int, pollInterval: Duration? = nil) -> Int64 {
        let usual: Int64 =
            switch self {
            // A report file is made within seconds to minutes.
            case .centricReport: 10_000
            default: 30_000
            }
        let base = pollInterval?.milliseconds ?? usual
        return min(base << Int64(min(max(attemptCount, 0), 20)), 3_600_000)
    }

    /// Tries after which it is given up.
    var attemptLimit: Int {
        switch self {
        // A code lives for minutes, and is good for one exchange.
        case .ezidClaims: 3
        // A report of a person who has to do something may take weeks: this is 30 days, an hour a try.
        case .certnApplicant: 720
        default: 10
        }
    }
}

/// Which calls a delivery, or a link that nothing came for, leads to. Pure.
struct FollowUpPlan: Sendable {
    /// APIs whose configuration wants it, with the source that takes in what is fetched.
    let sources: [ProviderAPI: String]
    /// Rests between two tries, where the configuration names them.
    let pollIntervals: [ProviderAPI: Duration]

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
            switch (report.provider, report.kind) {
            case ("certn-centric", "CASE_REPORT_READY"):
                // What nothing proves may not make us call.
                guard report.verification == .verified, let source = sources[.certnCentric],
                    let caseID = delivered.value(of: "object_id")
                else { return [] }
                let event = "\(caseID)/\(delivered.value(of: "id") ?? "\(delivery)")"
                return [(FollowUpAct.centricCase, event), (.centricReport, caseID)].map { act, subject in
                    FollowUpOrder(source: source, act: act.rawValue, subject: subject, cause: delivery)
                }
            case ("ezid", "redirect"):
                guard let source = sources[.ezid], let uuid = delivered.value(of: "uuid") else { return [] }
                return [
                    FollowUpOrder(
                        source: source, act: FollowUpAct.ezidClaims.rawValue, subject: uuid, cause: delivery)
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
                source: source, act: FollowUpAct.certnApplicant.rawValue, subject: "\(industry)/\(applicant)")
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
            FollowUpOrder(source: source, act: FollowUpAct.certificallCases.rawValue, subject: "\(start)")
        ]
    }
}

extension DeliveredReport {
    fileprivate func value(of name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}
