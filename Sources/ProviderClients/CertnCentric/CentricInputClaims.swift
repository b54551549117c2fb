internal import StrictJSON

/// What is known of the person before they are asked.
package struct CentricInputClaims: Sendable, Equatable {
    /// Where the person lives or lived.
    package struct Residence: Sendable, Equatable {
        package var streetAddress: String
        package var locality: String
        /// Province or state.
        package var administrativeDivision1: String
        package var postalCode: String
        package var country: String
        /// A day.
        package var startDate: String?

        package init(
            streetAddress: String, locality: String, administrativeDivision1: String, postalCode: String,
            country: String, startDate: String? = nil
        ) {
            self.streetAddress = streetAddress
            self.locality = locality
            self.administrativeDivision1 = administrativeDivision1
            self.postalCode = postalCode
            self.country = country
            self.startDate = startDate
        }
    }

    package var givenName: String?
    package var familyName: String?
    /// A day.
    package var dateOfBirth: String?
    package var residences: [Residence] = []
    /// Further claims.
    package var more: FreeObject?

    package init() {}

    func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.day(dateOfBirth, "date_of_birth")
        var fields = BodyFields()
        var name = BodyFields()
        name.add("given_name", givenName)
        name.add("family_name", familyName)
        fields.add("name", name.isEmpty ? nil : name.json)
        fields.add("date_of_birth", dateOfBirth)
        var texts: [JSONText] = []
        for residence in residences { texts.append(try residence.json()) }
        fields.add("residences", texts.isEmpty ? nil : JSONText.array(texts))
        try fields.add(more)
        return fields.json
    }
}

extension CentricInputClaims.Residence {
    fileprivate func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.day(startDate, "start_date")
        var address = BodyFields()
        address.add("street_address", streetAddress)
        address.add("locality", locality)
        address.add("administrative_division_1", administrativeDivision1)
        address.add("postal_code", postalCode)
        address.add("country", country)
        var fields = BodyFields()
        fields.add("address", address.json)
        fields.add("start_date", startDate)
        return fields.json
    }
}
