/// Which cases are asked for; what is nil is not sent (PROVIDERS.md 4.2).
package struct CertificallCaseQuery: Sendable, Equatable {
    /// How far back: 1 to 240. Certificall's default is 12.
    package var hours: Int64?
    /// Only cases with a reportToken.
    package var withReportToken: Bool?
    package var closed: Bool?

    package init() {}

    func query() throws(ProviderCallFailure) -> [(String, String?)] {
        try InputCheck.range(hours, 1...240, "hours")
        return [
            ("format", "metadata"), ("hours", hours.map { "\($0)" }),
            ("withReportToken", withReportToken.map { "\($0)" }), ("closed", closed.map { "\($0)" }),
        ]
    }
}

/// A case in the list of cases.
package struct CertificallCase: Sendable, Equatable {
    package let cfRef: String
    package let closingDate: String?
    package let reportToken: String?

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        cfRef = try fields.text("cfRef")
        closingDate = fields.optionalText("closingDate")
        reportToken = fields.optionalText("reportToken")
    }
}
