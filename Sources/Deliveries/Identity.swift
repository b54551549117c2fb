/// The subject that several reports can have in common. The cases are the values of `list --latest-per`.
package enum ReportSubject: String, Sendable, CaseIterable {
    /// A link or connection that a person opened.
    case link
    /// A check, an applicant or a certificate.
    case `case`
    /// A person or company, identified by tax ID or e-mail address.
    case subject
}

/// Fields that identify the same subject in reports of different providers.
package struct IdentityFamily: Sendable, Hashable {
    /// The name of the family, such as `email`. Providers share a family by using the same name.
    package let name: String
    package let fieldNames: [String]
    /// The kind of subject that reports with the same value have in common; nil if the family only connects the reports
    /// of a timeline.
    package let subject: ReportSubject?
    /// The only API whose reports have these fields; nil for all APIs.
    package let api: String?

    package init(_ name: String, _ fieldNames: [String], subject: ReportSubject? = nil, api: String? = nil) {
        self.name = name
        self.fieldNames = fieldNames
        self.subject = subject
        self.api = api
    }

    /// True if a field in a report of `api` belongs to the family.
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
