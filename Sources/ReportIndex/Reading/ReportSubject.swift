/// What several reports are about.
package enum ReportSubject: String, Sendable, CaseIterable {
    /// A Klavi link, or a connection of its older API.
    case link
    /// A Certn case or applicant, or a Certificall certificate; one reportId holds several of those (PROVIDERS.md 4.4).
    case `case`
    /// A person or company, by tax id or e-mail address.
    case subject

    /// The fields that identify it.
    var fieldNames: [String] {
        switch self {
        case .link: ["linkId", "connection_id"]
        case .case: ["object_id", "cfRef", "id"]
        case .subject:
            [
                "enquiryCpf", "enquiryCnpj", "personalTaxId", "businessTaxId", "enquiry_cpf", "applicant_account.email",
                "login_hint",
            ]
        }
    }

    /// The same as SQL, for rows that have a field's `name` and a report's `category`: Certn legacy alone means a case by `id`.
    static let identifyingSQL = "(fieldName.name <> 'id' OR category.provider = 'certn-legacy')"
}
