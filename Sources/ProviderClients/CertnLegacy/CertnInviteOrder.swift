internal import StrictJSON

/// An invitation: the applicant gets a mail and fills in the rest (PROVIDERS.md 2A.2).
package struct CertnInviteOrder: Sendable, Equatable {
    package var email: String
    /// Names such as `request_softcheck`; at least one.
    package var checks: [String]
    /// The id of a user of the team.
    package var ownerID: String
    package var phoneNumber: String?
    /// Yours; comes back in every delivery.
    package var tag: String?
    package var applicant: CertnApplicant?
    /// Further members, such as `position_or_property_location`.
    package var more: FreeObject?

    package init(email: String, checks: [String], ownerID: String) {
        self.email = email
        self.checks = checks
        self.ownerID = ownerID
    }

    func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.email(email, "email")
        try InputCheck.notEmpty(ownerID, "owner_id")
        var fields = BodyFields()
        fields.add("email", email)
        try CertnRequestFlags.add(checks, to: &fields)
        fields.add("owner_id", ownerID)
        fields.add("phone_number", phoneNumber)
        fields.add("tag", tag)
        fields.add("information", try applicant?.json(isComplete: false))
        try fields.add(more)
        return fields.json
    }
}
