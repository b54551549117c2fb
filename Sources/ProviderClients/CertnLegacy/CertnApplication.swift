package import StrictJSON

/// What an order or a question brought back. After a quickscreen `id` is the applicant's; after an invitation it is the
/// application's and `applicantID` the applicant's (PROVIDERS.md 2A.4).
package struct CertnApplication: Sendable {
    package let id: String
    package let applicantID: String?
    /// `COMPLETE` when the report is done.
    package let reportStatus: String?
    package let status: String?
    package let rest: JSONDocument

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        id = try fields.text("id")
        applicantID = fields.object("applicant")?.optionalText("id")
        reportStatus = fields.optionalText("report_status")
        status = fields.optionalText("status") ?? fields.object("applicant")?.optionalText("status")
        rest = fields.rest
    }
}

/// A page of a list, and how many entries there are in all.
package struct CertnPage: Sendable {
    package let ids: [String]
    package let count: Int64?
    package let next: String?
    package let previous: String?
    package let rest: JSONDocument

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        ids = try fields.list("results") { entry throws(ProviderCallFailure) in try entry.text("id") }
        count = fields.integer("count")
        next = fields.optionalText("next")
        previous = fields.optionalText("previous")
        rest = fields.rest
    }
}
