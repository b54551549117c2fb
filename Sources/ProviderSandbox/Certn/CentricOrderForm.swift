/// What a call to `/cases/order/` or `/cases/order-package/` says, read and checked (PROVIDERS.md 2B.2).
struct CentricOrderForm: Sendable {
    var email = ""
    var types: [CentricCheckType] = []
    var sendsInvitation = false
    var returnsLink = false
    var inputClaims: JSON = [:]
    var tags: [String] = []

    /// Nobody is asked: the claims in the order are all there is.
    var isQuickscreen: Bool { !sendsInvitation && !returnsLink }
}

extension CentricOrderForm {
    /// - Returns: The form, or the answer that names everything that is wrong.
    static func read(_ object: JSON, isPackage: Bool) -> (form: CentricOrderForm?, refusal: APIReply?) {
        var reader = CertnFieldReader()
        var form = CentricOrderForm()
        form.email = reader.emailAddress(object, "email_address") ?? ""
        form.types = isPackage ? packageTypes(object, &reader) : types(object, &reader)
        // A package order needs no more than an address, so it invites where it says nothing else.
        form.returnsLink = reader.flag(object, "return_invite_link") ?? false
        form.sendsInvitation =
            reader.flag(object, "send_invite_email") ?? (isPackage && object["return_invite_link"] == nil)
        form.tags = reader.text(object, "tag", isRequired: false).map { $0.isEmpty ? [] : [$0] } ?? []
        form.inputClaims = claims(object, isRequired: form.isQuickscreen, &reader)
        return reader.problems.isEmpty ? (form, nil) : (nil, CentricError.fields(reader.problems))
    }

    private static func types(_ object: JSON, _ reader: inout CertnFieldReader) -> [CentricCheckType] {
        let name = "check_types_with_arguments"
        guard let members = reader.object(object, name)?.members else { return [] }
        if members.isEmpty { reader.add([name], "empty", "This dictionary may not be empty.") }
        return members.compactMap { member in
            guard let type = CentricCheckType(rawValue: member.name) else {
                reader.add([name, member.name], "invalid_choice", "\"\(member.name)\" is not a valid choice.")
                return nil
            }
            return reader.dictionary(member.value, at: [name, member.name]) == nil ? nil : type
        }
    }

    private static func packageTypes(_ object: JSON, _ reader: inout CertnFieldReader) -> [CentricCheckType] {
        guard let package = reader.text(object, "package") else { return [] }
        if !CertnSyntax.isUUID(package) {
            reader.add(["package"], "invalid", "Must be a valid UUID.")
        } else if package.lowercased() != CentricCatalogue.packageID {
            reader.add(["package"], "does_not_exist", "Invalid pk \"\(package)\" - object does not exist.")
        }
        return CentricCatalogue.packageTypes
    }

    /// Name and date of birth are needed where nobody else can be asked for them; the rest is looked at where it is there.
    private static func claims(_ object: JSON, isRequired: Bool, _ reader: inout CertnFieldReader) -> JSON {
        let path = ["input_claims"]
        let given = object["input_claims"] ?? .null
        guard let claims = reader.dictionary(given == .null ? [:] : given, at: path) else { return [:] }
        if let name = reader.object(claims, "name", at: path, isRequired: isRequired) {
            _ = reader.text(name, "given_name", at: path + ["name"], isRequired: isRequired)
            _ = reader.text(name, "family_name", at: path + ["name"], isRequired: isRequired)
        }
        _ = reader.date(claims, "date_of_birth", at: path, isRequired: isRequired)
        let residences = reader.objects(claims, "residences", at: path, isRequired: false)
        for (index, residence) in residences.enumerated() {
            let path = path + ["residences", String(index)]
            _ = reader.date(residence, "start_date", at: path, isRequired: false)
            guard let address = reader.object(residence, "address", at: path) else { continue }
            for name in ["street_address", "locality", "country"] {
                _ = reader.text(address, name, at: path + ["address"])
            }
            for name in ["administrative_division_1", "postal_code"] {
                _ = reader.text(address, name, at: path + ["address"], isRequired: false)
            }
        }
        return claims
    }
}

/// The checks that the imitated account can order (PROVIDERS.md 2B.3).
enum CentricCheckType: String, Sendable, CaseIterable {
    case identity = "IDENTITY_VERIFICATION_1"
    case credit = "CREDIT_REPORT_1"
    case canadianCredit = "CANADIAN_CREDIT_REPORT_1"
    case criminalRecord = "CRIMINAL_RECORD_REPORT_1"
    case canadianCriminalRecord = "BASIC_CANADIAN_CRIMINAL_RECORD_REPORT_1"
    case motorVehicle = "MOTOR_VEHICLE_RECORD_1"
}

/// What the imitated Centric account has besides cases; the same in every sandbox.
enum CentricCatalogue {
    static let userID = "0d9c2f7e-3f0a-4a55-8a36-5b8f2f1c9a01"
    static let groupID = "7e1a6c1d-9b0e-4f3c-8d57-1c2a3b4d5e02"
    static let packageID = "c3b8a5f2-6d47-4e1b-9f20-8a7b6c5d4e03"

    /// What the package orders.
    static let packageTypes: [CentricCheckType] = [.identity, .canadianCriminalRecord]
}
