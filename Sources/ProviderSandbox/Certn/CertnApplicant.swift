internal import Foundation
internal import StrictJSON

/// A person whom the legacy API screens. The progress of the screening depends only on the time.
struct CertnApplicant: Sendable {
    /// The two parts of the API. Each part returns only its own applicants.
    enum Industry: String, Sendable {
        case hr
        case pm
    }

    /// The stage of a screening. The raw values are those of `status` in the API.
    enum Stage: String, Sendable {
        /// The applicant has not submitted the form yet.
        case pending = "Pending"
        case analyzing = "Analyzing"
        case complete = "Returned"
    }

    /// The time from the submission to the report, in seconds.
    static let analysisTime: TimeInterval = 30
    static let userID = "5f0b9a54-6c1e-4a53-9d4e-2f6a8c1b7e30"
    static let teamID = "254b5bc8-f7ae-431c-8b4c-28fa8221ce13"

    static let user: JSON = [
        "id": "\(userID)", "created": "2026-01-05T09:00:00.000Z", "modified": "2026-01-05T09:00:00.000Z",
        "email": "ana.souza@example.com", "first_name": "Ana", "last_name": "Souza", "is_active": true,
        "team": ["id": "\(teamID)", "name": "Sandbox Team"],
    ]

    static let flags = [
        "base", "identity_verification", "enhanced_identity_verification", "equifax", "softcheck", "soquij",
        "social_media_check", "criminal_record_check", "enhanced_criminal_record_check",
        "vulnerable_sector_criminal_record_check", "international_criminal_record_check",
        "us_criminal_record_check_tier_1", "us_criminal_record_check_tier_2", "us_criminal_record_check_tier_3",
        "motor_vehicle_records", "education_verification", "credential_verification", "employment_verification",
        "instant_verify_education", "instant_verify_credential", "instant_verify_employment", "employer_references",
        "address_references", "employer_phone_references", "address_phone_references", "vaccination_check",
        "right_to_work", "uk_basic_dbs_check", "uk_basic_ds_check", "uk_right_to_work_check",
    ].map { "request_\($0)" }

    let id: String
    private let applicationID: String
    private let accountID: String
    private let informationID: String
    let industry: Industry
    let isInvite: Bool
    private let createdAt: Date
    private var submittedAt: Date?
    private(set) var completesAt: Date?
    var order: JSON

    /// A quickscreen is submitted when it is ordered. An application by invitation is submitted when the applicant
    /// submits the form.
    init(_ order: JSON, industry: Industry, isInvite: Bool, _ world: inout World) {
        id = world.random.uuid()
        applicationID = world.random.uuid()
        accountID = world.random.uuid()
        informationID = world.random.uuid()
        self.industry = industry
        self.isInvite = isInvite
        self.order = order
        createdAt = world.now
        if !isInvite { submit(at: world.now) }
    }

    mutating func submit(at date: Date) {
        guard submittedAt == nil else { return }
        submittedAt = date
        completesAt = date + Self.analysisTime
    }

    mutating func complete(at date: Date) {
        submit(at: date)
        completesAt = min(completesAt ?? date, date)
    }

    func stage(at date: Date) -> Stage {
        if let completesAt, date >= completesAt { return .complete }
        if let submittedAt, date >= submittedAt { return .analyzing }
        return .pending
    }

    var firstName: String? { order["information"]?["first_name"]?.string }
    var lastName: String? { order["information"]?["last_name"]?.string }
    var name: String { [firstName, lastName].compactMap { $0 }.joined(separator: " ") }

    func isFound(by text: String) -> Bool {
        [name, order["email"]?.string, order["tag"]?.string].contains {
            $0?.localizedCaseInsensitiveContains(text) ?? false
        }
    }

    func onboardingLink(_ world: World) -> String { "\(world.baseURL)/certn/onboarding?applicant=\(id)" }
}

/// An applicant as the API represents it, at one moment. Fields that the sandbox does not know have the values of an
/// empty screening.
extension CertnApplicant {
    /// A status and its label, such as `"status": "RETURNED", "status_label": "Returned"`.
    private static func word(_ name: String, _ word: String) -> JSON {
        .object([JSON.Member(name, .string(word)), JSON.Member("\(name)_label", .string(word.capitalized))])
    }

    private func modified(at moment: Date) -> JSON {
        let date = [createdAt, submittedAt, completesAt].compactMap { $0 }.last { $0 <= moment }
        return .string((date ?? createdAt).milliseconds)
    }

    func application(at moment: Date) -> JSON {
        let number = order["phone_number"]?["number"] ?? order["phone_number"]
        let team: JSON = [
            "id": "\(Self.teamID)", "name": "Sandbox Team", "country": "CA",
            "industry": industry == .hr ? "HUMAN_RESOURCES" : "PROPERTY_MANAGEMENT",
            "team_type": "\(industry.rawValue.uppercased())", "internal_name": "sandbox-team",
        ]
        return [
            "created": "\(createdAt.milliseconds)", "modified": modified(at: moment), "id": "\(applicationID)",
            "applicant": [
                "id": "\(id)", "status": "\(stage(at: moment).rawValue)", "first_name": .optional(firstName),
                "last_name": .optional(lastName), "email": order["email"] ?? .null,
                "phone_number": number.map { ["phone_type": "MOBILE", "number": $0, "country": "CA"] } ?? .null,
            ],
            "owner": ["id": "\(Self.userID)", "email": "ana.souza@example.com", "team": team],
            "is_active": true, "is_selected": false, "team_id": "\(Self.teamID)", "team": team,
        ]
    }

    func json(at moment: Date, _ world: World) -> JSON {
        let stage = stage(at: moment)
        let isComplete = stage == .complete
        let result = isComplete ? "CLEARED" : "NONE"
        let reportStatus = isComplete ? "COMPLETE" : "ANALYZING"
        let score: JSON = isComplete ? "PASS" : "NONE"
        let status: JSON = ["status": "\(stage.rawValue)", "status_label": "\(stage.rawValue)"]
        let head: JSON = [
            "created": "\(createdAt.milliseconds)", "modified": modified(at: moment),
            "last_updated": modified(at: moment),
            "submitted_time": stage == .pending ? nil : .optional(submittedAt?.milliseconds), "id": "\(id)",
            "is_submitted": .boolean(stage != .pending),
            "applicant_type": isInvite ? "Application Completed" : "Quick Screen",
        ]
        let middle: JSON = [
            "report_status": "\(reportStatus)", "certn_score": nil, "certn_score_label": score,
            "certn_score_value": score, "country": "CA", "tag": order["tag"] ?? .null, "requested_countries": [],
            "us_criminal_record_check_years": 7,
        ]
        let flags = JSON.object(Self.flags.map { JSON.Member($0, .boolean(order[$0] == true)) })
        let information: JSON = ["id": "\(informationID)"]
        let summary = Self.word("report_result", result).merging(Self.word("report_status", reportStatus))
        let tail: JSON = [
            "information": information.merging(order["information"] ?? [:]),
            "position_or_property_location": order["position_or_property_location"] ?? .null,
            "employer_questionaire_id": nil, "address_questionaire_id": nil,
            "rcmp_result": check(stage, ["criminal_record_check", "enhanced_criminal_record_check"]),
            "equifax_result": check(stage, ["equifax"]),
            "risk_result": check(stage, ["softcheck", "social_media_check", "base"]),
            "identity_verification_result": check(stage, ["identity_verification", "enhanced_identity_verification"]),
            "applicant_account": ["id": "\(accountID)", "email": order["email"] ?? .null],
            "application": application(at: moment), "dispute": false, "activity_log": log(at: moment),
            "adjudication_status": "NONE", "adjudication_status_label": "None",
            "report_summary": summary.merging(["dispute": false]), "onboarding_link": "\(onboardingLink(world))",
            "notes": nil, "comments": [],
        ]
        return [status, Self.word("result", result), middle, flags, tail].reduce(head) { $0.merging($1) }
    }

    /// The log of an applicant. Derives identifiers from the applicant's identifier, because they must be the same in
    /// every response.
    private func log(at moment: Date) -> JSON {
        let entries = [
            (Optional(createdAt), isInvite ? "INVITED" : "CREATED"), (submittedAt, "SUBMITTED"),
            (completesAt, "COMPLETE"),
        ]
        return .array(
            entries.enumerated().compactMap { index, entry in
                guard let date = entry.0, date <= moment else { return nil }
                let head: JSON = [
                    "created": "\(date.milliseconds)", "modified": "\(date.milliseconds)",
                    "id": "\(id.dropLast())\(index + 1)",
                ]
                return head.merging(Self.word("status", entry.1)).merging(["date_label": "\(date.day)"])
            })
    }

    /// The state of a check. A requested check has the progress of the applicant; other checks have no result.
    private func check(_ stage: Stage, _ names: [String]) -> JSON {
        let isAsked = names.contains { order["request_\($0)"] == true }
        let isDone = isAsked && stage == .complete
        return Self.word("status", isAsked ? stage.rawValue.uppercased() : "NONE").merging(["dispute": false])
            .merging(Self.word("overall_score", isDone ? "PASS" : "NONE"))
            .merging(Self.word("result", isDone ? "CLEARED" : "NONE"))
    }
}
