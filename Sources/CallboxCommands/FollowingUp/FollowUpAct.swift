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
    /// The closed cases of the last hours, to see whether a webhook never came. Subject: the hour.
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

    /// How long a failed try rests before the next, by the number of tries.
    func wait(after attemptCount: Int) -> Int64 {
        let base: Int64 =
            switch self {
            // A report file is made within seconds to minutes.
            case .centricReport: 10_000
            default: 30_000
            }
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

    init(_ configuration: CallboxConfiguration) {
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

    /// A look at Certificall's closed cases, once an hour.
    func certificallSweep(at now: Timestamp) -> [FollowUpOrder] {
        guard let source = sources[.certificall] else { return [] }
        let hour = now.millisecondsSinceEpoch / 3_600_000
        return [
            FollowUpOrder(source: source, act: FollowUpAct.certificallCases.rawValue, subject: "\(hour)")
        ]
    }
}

extension DeliveredReport {
    fileprivate func value(of name: String) -> String? {
        fields.first { $0.name == name }?.value
    }
}
