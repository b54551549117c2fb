/// What several reports are about.
package enum ReportSubject: String, Sendable, CaseIterable {
    /// A Klavi link, or a connection of its older API.
    case link
    /// A Certn case or applicant, or a Certificall certificate; one reportId holds several of those (PROVIDERS.md 4.4).
    case `case`
    /// A person or company, by tax id or e-mail address.
    case subject

    /// Which rows of `field` identify it. Literal SQL, no text from outside.
    var condition: String {
        switch self {
        case .link: "field.name IN ('linkId', 'connection_id')"
        case .case:
            "field.name IN ('object_id', 'cfRef') OR field.name = 'id' AND report.provider = 'certn-legacy'"
        case .subject:
            """
            field.name IN ('enquiryCpf', 'enquiryCnpj', 'personalTaxId', 'businessTaxId', 'enquiry_cpf',
                'applicant_account.email', 'login_hint')
            """
        }
    }
}
