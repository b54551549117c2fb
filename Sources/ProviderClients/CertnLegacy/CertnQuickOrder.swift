internal import StrictJSON

/// A quickscreen: all about the applicant is given by the one who orders (PROVIDERS.md 2A.2).
package struct CertnQuickOrder: Sendable, Equatable {
    /// Names such as `request_softcheck`; at least one.
    package var checks: [String]
    package var applicant: CertnApplicant
    /// The id of a user of the team.
    package var ownerID: String
    package var location: CertnAddress
    /// Yours; comes back in every delivery.
    package var tag: String?
    /// Further members, such as `us_criminal_record_check_years`.
    package var more: FreeObject?

    package init(checks: [String], applicant: CertnApplicant, ownerID: String, location: CertnAddress) {
        self.checks = checks
        self.applicant = applicant
        self.ownerID = ownerID
        self.location = location
    }

    func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.notEmpty(ownerID, "owner_id")
        var fields = BodyFields()
        try CertnRequestFlags.add(checks, to: &fields)
        fields.add("information", try applicant.json(isComplete: true))
        fields.add("owner_id", ownerID)
        fields.add("position_or_property_location", try location.json("position_or_property_location"))
        fields.add("tag", tag)
        try fields.add(more)
        return fields.json
    }
}
