internal import StrictJSON

/// Who is checked: the `information` of an order.
package struct CertnApplicant: Sendable, Equatable {
    package var firstName: String?
    package var lastName: String?
    package var addresses: [CertnAddress] = []
    /// Further members, such as `date_of_birth`.
    package var more: FreeObject?

    package init(firstName: String? = nil, lastName: String? = nil) {
        self.firstName = firstName
        self.lastName = lastName
    }

    /// Throws `badInput`; a quickscreen needs both names and an address.
    func json(isComplete: Bool) throws(ProviderCallFailure) -> JSONText {
        if isComplete {
            try InputCheck.notEmpty(firstName ?? "", "information.first_name")
            try InputCheck.notEmpty(lastName ?? "", "information.last_name")
            guard !addresses.isEmpty else { throw .badInput("information.addresses is empty.") }
        }
        var fields = BodyFields()
        fields.add("first_name", firstName)
        fields.add("last_name", lastName)
        var texts: [JSONText] = []
        for address in addresses { texts.append(try address.json("information.addresses")) }
        fields.add("addresses", texts.isEmpty ? nil : JSONText.array(texts))
        try fields.add(more)
        return fields.json
    }
}
