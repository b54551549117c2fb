internal import StrictJSON

/// An address as the legacy API writes it: of an applicant with `current`, of a position or property with `postal_code` and
/// `location_type`.
package struct CertnAddress: Sendable, Equatable {
    package var address: String
    package var city: String
    /// Such as `BC`.
    package var provinceState: String
    /// Such as `CA`.
    package var country: String
    package var postalCode: String?
    /// Such as `Position Location`.
    package var locationType: String?
    package var isCurrent: Bool?

    package init(address: String, city: String, provinceState: String, country: String) {
        self.address = address
        self.city = city
        self.provinceState = provinceState
        self.country = country
    }

    func json(_ name: String) throws(ProviderCallFailure) -> JSONText {
        try InputCheck.notEmpty(city, "\(name): city")
        try InputCheck.notEmpty(country, "\(name): country")
        var fields = BodyFields()
        fields.add("address", address)
        fields.add("city", city)
        fields.add("province_state", provinceState)
        fields.add("country", country)
        fields.add("postal_code", postalCode)
        fields.add("location_type", locationType)
        fields.add("current", isCurrent)
        return fields.json
    }
}
