/// Which cases are asked for; what is nil is not sent (PROVIDERS.md 4.2).
package struct CertificallCaseQuery: Sendable, Equatable {
    package var reportToken: String?
    package var companyID: Int64?
    package var frameID: Int64?
    /// How far back: 1 to 240. Certificall's default is 12.
    package var hours: Int64?
    /// Only cases with a reportToken.
    package var withReportToken: Bool?
    package var closed: Bool?
    package var caseID: String?
    /// In older accounts.
    package var nieCode: String?

    package init() {}

    func query(format: String) throws(ProviderCallFailure) -> [(String, String?)] {
        try InputCheck.notEmpty(reportToken, "reportToken")
        try InputCheck.range(hours, 1...240, "hours")
        return [
            ("format", format), ("reportToken", reportToken), ("companyId", companyID.map { "\($0)" }),
            ("frameId", frameID.map { "\($0)" }), ("hours", hours.map { "\($0)" }),
            ("withReportToken", withReportToken.map { "\($0)" }), ("closed", closed.map { "\($0)" }),
            ("caseId", caseID), ("nieCode", nieCode),
        ]
    }
}

/// A case in the list of cases.
package struct CertificallCase: Sendable, Equatable {
    package let cfRef: String
    package let closingDate: String?
    package let createdAt: String?
    package let isClosed: Bool?
    package let frameName: String?
    package let companyName: String?
    package let reportToken: String?
    package let url: String?

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        cfRef = try fields.text("cfRef")
        closingDate = fields.optionalText("closingDate")
        createdAt = fields.optionalText("createdAt")
        isClosed = fields.boolean("closed")
        frameName = fields.optionalText("frameName")
        companyName = fields.optionalText("companyName")
        reportToken = fields.optionalText("reportToken")
        url = fields.optionalText("url")
    }
}
