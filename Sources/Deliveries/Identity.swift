/// The subject that several reports share; the values of `list --latest-per`.
package enum ReportSubject: String, Sendable, CaseIterable {
    /// A link or connection that a person opened.
    case link
    /// A check, an applicant or a certificate.
    case `case`
    /// A person or company, by tax ID or e-mail address.
    case subject
}

/// Fields whose values identify the same subject across providers.
package struct IdentityFamily: Sendable, Hashable {
    /// A name such as `email`. Families with the same name are one family, so providers share them.
    package let name: String
    package let fieldNames: [String]
    /// The subject of reports with the same value; nil if the family only connects a timeline.
    package let subject: ReportSubject?
    /// The only API whose reports have these fields; nil for every API.
    package let api: String?

    package init(_ name: String, _ fieldNames: [String], subject: ReportSubject? = nil, api: String? = nil) {
        self.name = name
        self.fieldNames = fieldNames
        self.subject = subject
        self.api = api
    }

    /// True if a field of a report of `api` belongs to the family.
    package func contains(_ field: ReportField, api: String) -> Bool {
        (self.api ?? api) == api && fieldNames.contains(field.name)
    }
}

extension [IdentityFamily] {
    package func identifying(_ subject: ReportSubject) -> [IdentityFamily] {
        filter { $0.subject == subject }
    }

    package func family(of field: ReportField, api: String) -> IdentityFamily? {
        first { $0.contains(field, api: api) }
    }
}
