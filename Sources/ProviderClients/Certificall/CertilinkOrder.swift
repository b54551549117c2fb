internal import StrictJSON

/// What `POST /certilink/create` takes, and `bulk-create` a list of (PROVIDERS.md 4.2).
package struct CertilinkOrder: Sendable, Equatable {
    /// Yours. Whoever knows it can read the report without a login, so nobody should guess it.
    package var reportToken: String
    package var frameID: Int64
    package var expirationDate: CertilinkExpiration?
    package var maxUses: Int64?
    /// Usually left out: Certificall knows the company from the login.
    package var companyID: Int64?
    package var context: CertilinkContext?

    package init(reportToken: String, frameID: Int64) {
        self.reportToken = reportToken
        self.frameID = frameID
    }

    func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.notEmpty(reportToken, "reportToken")
        try InputCheck.range(maxUses, 1...Int64.max, "maxUses")
        var fields = BodyFields()
        fields.add("reportToken", reportToken)
        fields.add("frameId", frameID)
        fields.add("expirationDate", expirationDate?.text)
        fields.add("maxUses", maxUses)
        fields.add("companyId", companyID)
        fields.add("context", try context?.json())
        return fields.json
    }
}

/// What `PATCH /certilink/{magicLinkToken}` takes: one of them at least.
package struct CertilinkChange: Sendable, Equatable {
    package var expirationDate: CertilinkExpiration?
    /// Takes the place of the whole context.
    package var context: CertilinkContext?

    package init() {}

    func json() throws(ProviderCallFailure) -> JSONText {
        guard expirationDate != nil || context != nil else {
            throw .badInput("The change names neither expirationDate nor context.")
        }
        var fields = BodyFields()
        fields.add("expirationDate", expirationDate?.text)
        fields.add("context", try context?.json())
        return fields.json
    }
}
