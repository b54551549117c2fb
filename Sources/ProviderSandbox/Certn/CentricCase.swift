internal import Foundation

/// A case: checks of one person. Its whole course is known as soon as it is set; where it stands follows from the time.
struct CentricCase: Sendable {
    struct Check: Sendable {
        let id: String
        let shortID: String
        let type: CentricCheckType
    }

    /// From the start of the checks to their end.
    static let checkSeconds: TimeInterval = 5

    private struct Step: Sendable {
        let status: CentricCaseStatus
        let at: Date
    }

    let id: String
    let shortID: String
    let createdAt: Date
    let email: String
    let checks: [Check]
    var tags: [String]
    var inputClaims: JSON
    /// By time, and never empty: a case begins ordered.
    private var course: [Step]

    init(email: String, types: [CentricCheckType], inputClaims: JSON, tags: [String], _ world: inout World) {
        id = world.random.uuid()
        shortID = Self.shortID(&world)
        createdAt = world.now
        self.email = email
        self.inputClaims = inputClaims
        self.tags = tags
        checks = types.map { Check(id: world.random.uuid(), shortID: Self.shortID(&world), type: $0) }
        course = [Step(status: .ordered, at: world.now)]
    }

    func status(at now: Date) -> CentricCaseStatus {
        course.last { $0.at <= now }?.status ?? .ordered
    }

    /// Lets a case go another way: what was to come is forgotten.
    mutating func redirect(to statuses: [(status: CentricCaseStatus, after: TimeInterval)], from now: Date) {
        course.removeAll { $0.at > now }
        course += statuses.map { Step(status: $0.status, at: now + $0.after) }
    }

    /// The object that the API shows.
    func json(at now: Date) -> JSON {
        let status = status(at: now)
        let score: JSON = status == .complete ? "CLEAR" : nil
        let checks = checks.map { check -> JSON in
            [
                "id": .string(check.id), "short_id": .string(check.shortID), "type": .string(check.type.rawValue),
                "status": .string(status.ofChecks.rawValue), "score": score, "sub_score": nil,
                "adjudication_score": nil, "adjudication_sub_score": nil,
                "output_claims": status == .complete ? ["verified": true] : nil,
            ]
        }
        return [
            "id": .string(id), "short_id": .string(shortID), "created": .string(CertnSyntax.timestamp(createdAt)),
            "overall_status": .string(status.rawValue), "overall_score": score, "email_address": .string(email),
            "checks": .array(checks), "input_claims": inputClaims, "tags": .array(tags.map { .string($0) }),
            "group": .string(CentricCatalogue.groupID), "ordered_by": .string(CentricCatalogue.userID),
        ]
    }

    private static func shortID(_ world: inout World) -> String {
        world.random.hex(8).uppercased()
    }
}

/// Where a case stands (PROVIDERS.md 2B.3); the raw values are the wire's.
enum CentricCaseStatus: String, Sendable {
    case ordered = "CASE_ORDERED"
    case invited = "APPLICANT_INVITED"
    case opened = "APPLICANT_OPENED"
    case submitted = "APPLICANT_SUBMITTED"
    case inProgress = "IN_PROGRESS"
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
