/// Where a case stands (PROVIDERS.md 2B.3); the raw values are the wire's.
enum CentricCaseStatus: String, Sendable, CaseIterable {
    case draft = "DRAFT"
    case ordered = "CASE_ORDERED"
    case undeliverable = "INVITE_UNDELIVERABLE"
    case expired = "APPLICANT_EXPIRED"
    case invited = "APPLICANT_INVITED"
    case opened = "APPLICANT_OPENED"
    case started = "APPLICANT_STARTED"
    case submitted = "APPLICANT_SUBMITTED"
    case declined = "APPLICANT_DECLINED"
    case disputed = "IN_DISPUTE"
    case inProgress = "IN_PROGRESS"
    case awaitsApplicant = "APPLICANT_ACTION_REQUIRED"
    case awaitsClient = "CLIENT_ACTION_REQUIRED"
    case cancelled = "CANCELLED"
    case complete = "COMPLETE"

    var isClosed: Bool { self == .cancelled || self == .complete }

    /// Where the checks of such a case stand. Only the closed words are documented.
    var ofChecks: CentricCaseStatus {
        switch self {
        case .inProgress, .cancelled, .complete: self
        default: .ordered
        }
    }
}
