/// What a call to `/applications/quick/` or `/applications/invite/` says, read and checked (PROVIDERS.md 2A.2).
struct CertnApplicationForm: Sendable {
    var email: String?
    var firstName: String?
    var lastName: String?
    var phoneNumber: String?
    var tag: String?
    /// The checks asked for, by their fields.
    var requests: [String] = []
    /// As it was sent.
    var information: [JSON.Member] = []
    var location: JSON?

    /// The form of a person made up, for a delivery that nobody ordered.
    static let example = CertnApplicationForm(
        email: "ana.souza@example.com", firstName: "Ana", lastName: "Souza", requests: ["request_softcheck"],
        information: [
            JSON.Member("first_name", "Ana"), JSON.Member("last_name", "Souza"),
            JSON.Member(
                "addresses",
                [
                    [
                        "address": "1006 Fort St Unit 300", "city": "Victoria", "province_state": "BC",
                        "country": "CA", "current": true,
                    ]
                ]),
        ])
}

extension CertnApplicationForm {
    /// Reads a body.
    /// - Returns: The form, or the answer that says what is wrong. Fields are checked first, the whole after them.
    static func read(_ object: JSON, isInvite: Bool) -> (form: CertnApplicationForm?, refusal: APIReply?) {
        var reader = CertnFieldReader()
        var form = CertnApplicationForm()
        form.email = reader.emailAddress(object, "email", isRequired: isInvite)
        form.requests = CertnRequestFlag.read(object, &reader)
        form.tag = reader.text(object, "tag", isRequired: false)
        form.phoneNumber = phoneNumber(object, &reader)
        form.readInformation(object, isRequired: !isInvite, &reader)
        form.location = location(object, isRequired: !isInvite, &reader)
        readOwner(object, &reader)
        guard reader.problems.isEmpty else { return (nil, CertnLegacyError.fields(reader.problems)) }
        guard !form.requests.isEmpty else {
            return (nil, CertnLegacyError.whole("At least one request flag must be true."))
        }
        return (form, nil)
    }

    /// Complete for a quick screening; an invitation may leave everything to the candidate.
    private mutating func readInformation(_ object: JSON, isRequired: Bool, _ reader: inout CertnFieldReader) {
        let path = ["information"]
        guard let information = reader.object(object, "information", isRequired: isRequired) else { return }
        firstName = reader.text(information, "first_name", at: path, isRequired: isRequired)
        lastName = reader.text(information, "last_name", at: path, isRequired: isRequired)
        _ = reader.date(information, "date_of_birth", at: path, isRequired: false)
        let addresses = reader.objects(information, "addresses", at: path, isRequired: isRequired)
        for (index, address) in addresses.enumerated() {
            let path = path + ["addresses", String(index)]
            for name in ["address", "city", "province_state", "country"] {
                _ = reader.text(address, name, at: path, isRequired: isRequired)
            }
            _ = reader.text(address, "postal_code", at: path, isRequired: false)
            _ = reader.flag(address, "current", at: path)
        }
        self.information = information.members ?? []
    }

    private static func location(_ object: JSON, isRequired: Bool, _ reader: inout CertnFieldReader) -> JSON? {
        let name = "position_or_property_location"
        guard let location = reader.object(object, name, isRequired: isRequired) else { return nil }
        for field in ["address", "city", "province_state", "country"] {
            _ = reader.text(location, field, at: [name], isRequired: true)
        }
        for field in ["postal_code", "location_type"] {
            _ = reader.text(location, field, at: [name], isRequired: false)
        }
        return location
    }

    private static func readOwner(_ object: JSON, _ reader: inout CertnFieldReader) {
        guard let owner = reader.text(object, "owner_id") else { return }
        if !CertnSyntax.isUUID(owner) {
            reader.add(["owner_id"], "invalid", "Must be a valid UUID.")
        } else if owner.lowercased() != CertnOrganization.userID {
            reader.add(["owner_id"], "does_not_exist", "Invalid pk \"\(owner)\" - object does not exist.")
        }
    }

    /// A text, or an object like the one that the API answers with.
    private static func phoneNumber(_ object: JSON, _ reader: inout CertnFieldReader) -> String? {
        guard let value = object["phone_number"], value.members != nil else {
            return reader.text(object, "phone_number", isRequired: false)
        }
        return reader.text(value, "number", at: ["phone_number"])
    }
}

/// The checks of the legacy API, asked for with one Boolean each (PROVIDERS.md 2A.1).
enum CertnRequestFlag {
    /// The field that asks for a check.
    static let names = [
        "base", "identity_verification", "enhanced_identity_verification", "equifax", "softcheck", "soquij",
        "social_media_check", "criminal_record_check", "enhanced_criminal_record_check",
        "vulnerable_sector_criminal_record_check", "international_criminal_record_check",
        "us_criminal_record_check_tier_1", "us_criminal_record_check_tier_2", "us_criminal_record_check_tier_3",
        "motor_vehicle_records", "education_verification", "credential_verification", "employment_verification",
        "instant_verify_education", "instant_verify_credential", "instant_verify_employment", "employer_references",
        "address_references", "employer_phone_references", "address_phone_references", "vaccination_check",
        "right_to_work", "uk_basic_dbs_check", "uk_basic_ds_check", "uk_right_to_work_check",
    ].map { "request_\($0)" }

    /// The check that the sandbox's account is not set up for, so that the documented refusal can be met.
    static let notConfigured = "request_equifax"
    static let notConfiguredText = "Account not configured for Equifax requests."

    /// Those that are true in a request.
    static func read(_ object: JSON, _ reader: inout CertnFieldReader) -> [String] {
        let asked = names.filter { reader.flag(object, $0) == true }
        if asked.contains(notConfigured) { reader.add([notConfigured], "invalid", notConfiguredText) }
        return asked
    }
}
