package import StrictJSON

/// A case as Centric has it. Only the id is always there; statuses and scores are kept as they are written.
package struct CentricCase: Sendable {
    /// A check of a case.
    package struct Check: Sendable, Equatable {
        package let id: String?
        package let shortID: String?
        package let type: String?
        package let status: String?
        package let score: String?
        package let subScore: String?
        package let adjudicationScore: String?
        package let adjudicationSubScore: String?
    }

    package let id: String
    package let shortID: String?
    package let created: String?
    package let overallStatus: String?
    package let overallScore: String?
    package let emailAddress: String?
    /// After an order that asked for it.
    package let inviteLink: String?
    package let checks: [Check]
    package let rest: JSONDocument

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        id = try fields.text("id")
        shortID = fields.optionalText("short_id")
        created = fields.optionalText("created")
        overallStatus = fields.optionalText("overall_status")
        overallScore = fields.optionalText("overall_score")
        emailAddress = fields.optionalText("email_address")
        inviteLink = fields.optionalText("invite_link")
        checks =
            fields.value["checks"] == nil
            ? []
            : try fields.list("checks") { check in
                Check(
                    id: check.optionalText("id"), shortID: check.optionalText("short_id"),
                    type: check.optionalText("type"), status: check.optionalText("status"),
                    score: check.optionalText("score"), subScore: check.optionalText("sub_score"),
                    adjudicationScore: check.optionalText("adjudication_score"),
                    adjudicationSubScore: check.optionalText("adjudication_sub_score"))
            }
        rest = fields.rest
    }
}

/// A page of a list of Centric: `results`, or the list alone.
package struct CentricPage: Sendable {
    package let ids: [String]
    package let count: Int64?
    package let next: String?
    package let rest: JSONDocument

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        ids = try fields.elements(fields.value.kind == .array ? nil : "results").compactMap { entry in
            entry.optionalText("id")
        }
        count = fields.integer("count")
        next = fields.optionalText("next")
        rest = fields.rest
    }
}

/// How far a report file is.
package struct CentricReportFile: Sendable {
    /// `PENDING`, `COMPLETE` or `FAILED`.
    package let status: String
    /// Signed and soon over; there when the file is complete.
    package let pdfURL: Credential?
    package let rest: JSONDocument

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        status = try fields.text("status")
        pdfURL = fields.optionalText("pdf_url").flatMap { $0.isEmpty ? nil : Credential($0) }
        rest = fields.rest
    }
}
