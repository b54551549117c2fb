internal import Foundation

/// A person who is screened by the legacy API. How far the screening is follows from the time alone.
struct CertnApplicant: Sendable {
    /// The two halves of the API, which do not see each other's applicants.
    enum Industry: String, Sendable {
        case hr
        case pm

        var longName: String {
            switch self {
            case .hr: "HUMAN_RESOURCES"
            case .pm: "PROPERTY_MANAGEMENT"
            }
        }
    }

    enum Stage: Sendable, Equatable {
        /// The candidate has not filled in the form.
        case pending
        case analyzing
        case complete
    }

    /// Seconds from submission to the report.
    static let analysisSeconds: TimeInterval = 30

    let id: String
    let applicationID: String
    let accountID: String
    let informationID: String
    let industry: Industry
    let isInvite: Bool
    let createdAt: Date
    private(set) var submittedAt: Date?
    private(set) var completesAt: Date?

    var form: CertnApplicationForm

    /// A quick screening is submitted when it is ordered; an invitation waits for the candidate.
    init(_ form: CertnApplicationForm, industry: Industry, isInvite: Bool, _ world: inout World) {
        id = world.random.uuid()
        applicationID = world.random.uuid()
        accountID = world.random.uuid()
        informationID = world.random.uuid()
        self.industry = industry
        self.isInvite = isInvite
        self.form = form
        createdAt = world.now
        if !isInvite { submit(at: world.now) }
    }

    /// Does nothing the second time.
    mutating func submit(at date: Date) {
        guard submittedAt == nil else { return }
        submittedAt = date
        completesAt = date + Self.analysisSeconds
    }

    /// Ends the screening now, whatever is missing.
    mutating func complete(at date: Date) {
        submit(at: date)
        completesAt = min(completesAt ?? date, date)
    }

    func stage(at date: Date) -> Stage {
        if let completesAt, date >= completesAt { return .complete }
        if let submittedAt, date >= submittedAt { return .analyzing }
        return .pending
    }

    /// Whether a search finds the applicant: by name, e-mail address or tag, in any case.
    func isFound(by text: String) -> Bool {
        [form.firstName, form.lastName, form.email, form.tag, "\(form.firstName ?? "") \(form.lastName ?? "")"]
            .contains { $0?.localizedCaseInsensitiveContains(text) ?? false }
    }
}
