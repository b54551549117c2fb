internal import CallboxConfiguration
internal import Deliveries

/// What is fetched from a provider. The raw values stand in the archive.
enum FollowUpTask: String, CaseIterable, Sendable {
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
