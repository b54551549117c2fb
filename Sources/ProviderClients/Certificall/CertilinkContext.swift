internal import StrictJSON

/// What a Certilink shows and carries (PROVIDERS.md 4.2).
package struct CertilinkContext: Sendable, Equatable {
    /// Who benefits.
    package struct Beneficiary: Sendable, Equatable {
        package var lastName: String?
        package var firstName: String?
        package var address: String?
        package var city: String?
        package var postCode: String?
        package var email: String?

        package init() {}
    }

    /// A name and a text of `metadata`.
    package struct Entry: Sendable, Equatable {
        package let key: String
        package let value: String

        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    package var beneficiary: Beneficiary?
    package var issuer: String?
    package var photoRef: String?
    /// Shown to people; not the reportToken.
    package var reportRef: String?
    package var instructions: String?
    /// The user's name in the PDF.
    package var user: String?
    package var metadata: [Entry] = []

    package init() {}

    func json() throws(ProviderCallFailure) -> JSONText {
        try InputCheck.email(beneficiary?.email, "context.visibleData.beneficiary.email")
        var visible = BodyFields()
        visible.add("beneficiary", beneficiary?.json)
        visible.add("issuer", issuer)
        visible.add("photoRef", photoRef)
        visible.add("reportRef", reportRef)
        visible.add("instructions", instructions)
        visible.add("user", user)
        var entries = BodyFields()
        for entry in metadata {
            guard !entries.members.contains(where: { $0.name == entry.key }) else {
                throw .badInput("context.metadata names \(JSONString.quote(entry.key)) twice.")
            }
            entries.add(entry.key, entry.value)
        }
        var fields = BodyFields()
        fields.add("visibleData", visible.isEmpty ? nil : visible.json)
        fields.add("metadata", entries.isEmpty ? nil : entries.json)
        return fields.json
    }
}

extension CertilinkContext.Beneficiary {
    fileprivate var json: JSONText {
        var fields = BodyFields()
        fields.add("lastName", lastName)
        fields.add("firstName", firstName)
        fields.add("address", address)
        fields.add("city", city)
        fields.add("postCode", postCode)
        fields.add("email", email)
        return fields.json
    }
}
