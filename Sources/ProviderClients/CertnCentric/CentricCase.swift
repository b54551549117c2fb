/// A case as Centric has it. Only the id is always there; statuses are kept as they are written.
package struct CentricCase: Sendable {
    package let id: String
    package let shortID: String?
    package let overallStatus: String?
    /// After an order that asked for it.
    package let inviteLink: String?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        id = try fields.text("id")
        shortID = fields.optionalText("short_id")
        overallStatus = fields.optionalText("overall_status")
        inviteLink = fields.optionalText("invite_link")
    }
}

/// How far a report file is.
package struct CentricReportFile: Sendable {
    /// `PENDING`, `COMPLETE` or `FAILED`.
    package let status: String
    /// Signed and soon over; there when the file is complete.
    package let pdfURL: Credential?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        status = try fields.text("status")
        pdfURL = fields.optionalText("pdf_url").flatMap { $0.isEmpty ? nil : Credential($0) }
    }
}
