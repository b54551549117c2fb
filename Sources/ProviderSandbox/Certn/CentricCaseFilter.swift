internal import Foundation

/// The conditions of `GET /cases/` (PROVIDERS.md 2B.2). One that may stand several times lets any of its values in.
struct CentricCaseFilter: Sendable {
    private let statuses: [CentricCaseStatus]
    private let types: [CentricCheckType]
    private let email: String?
    private let tag: String?
    private let groups: [String]
    private let users: [String]
    private let after: Date?
    private let before: Date?

    /// - Returns: The filter, or the answer that names every value that is none.
    static func read(_ request: APIRequest) -> (filter: CentricCaseFilter?, refusal: APIReply?) {
        var reader = CertnFieldReader()
        let filter = CentricCaseFilter(request, &reader)
        return reader.problems.isEmpty ? (filter, nil) : (nil, CentricError.fields(reader.problems))
    }

    private init(_ request: APIRequest, _ reader: inout CertnFieldReader) {
        func values(_ name: String) -> [String] {
            request.query.filter { $0.name == name || $0.name == "\(name)[]" }.map(\.value).filter { !$0.isEmpty }
        }
        func choices<Choice: RawRepresentable<String>>(_ name: String) -> [Choice] {
            values(name).compactMap { value in
                if let choice = Choice(rawValue: value) { return choice }
                reader.add([name], "invalid_choice", "\"\(value)\" is not a valid choice.")
                return nil
            }
        }
        func date(_ name: String) -> Date? {
            guard let text = values(name).first else { return nil }
            if let date = CertnSyntax.date(text) { return date }
            reader.add([name], "invalid", "Enter a valid date/time.")
            return nil
        }
        statuses = choices("overall_status")
        types = choices("check_type")
        email = values("email_address").first
        tag = values("tag").first
        groups = values("group")
        users = values("ordered_by")
        after = date("order_timeframe_after")
        before = date("order_timeframe_before")
    }

    func lets(_ candidate: CentricCase, in now: Date) -> Bool {
        let fitsPeriod =
            (after.map { candidate.createdAt >= $0 } ?? true) && (before.map { candidate.createdAt <= $0 } ?? true)
        return fitsPeriod && (statuses.isEmpty || statuses.contains(candidate.status(at: now)))
            && (types.isEmpty || candidate.checks.contains { types.contains($0.type) })
            && (email.map { $0.lowercased() == candidate.email.lowercased() } ?? true)
            && (tag.map(candidate.tags.contains) ?? true)
            && (groups.isEmpty || groups.contains(CentricCatalogue.groupID))
            && (users.isEmpty || users.contains(CentricCatalogue.userID))
    }
}
