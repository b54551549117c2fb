internal import StrictJSON

/// `GET /api/v1/users/` (certn-reference: Legacy API).
package enum CertnUsers: Lookup {
    package static let api = CertnLegacyAPI.description
    package static let name = "certn-users"
    package static let abstract = "List the users of the Certn team, who can own an order."
    package static let discussion = """
        EXAMPLES
          callbox links fetch certn-users
        """
    package static let fields: [Field] = []

    package static func call(
        _ subject: String, _ values: FieldValues, for account: APIAccount
    ) throws -> ProviderCall<Finding> {
        CertnLegacyAPI.users(account).map { users in .list(users, [("USER", "id"), ("EMAIL", "email")]) }
    }
}

/// `GET …/applicants/` (certn-reference: Legacy API).
package enum CertnApplicants: Lookup {
    package static let api = CertnLegacyAPI.description
    package static let name = "certn-applicants"
    package static let abstract = "List Certn's applicants, one page at a time."
    package static let discussion = """
        EXAMPLES
          callbox links fetch certn-applicants --search Souza
          callbox links fetch certn-applicants --industry pm --page 2
        """
    package static let fields: [Field] = [
        CertnLegacyAPI.industry,
        Field("search", value: "text", "Text that Certn searches for."),
        Field("page", .integer, value: "number", check: Field.positive, "The page number, from 1."),
        Field("page-size", .integer, value: "count", check: Field.positive, "Applicants per page."),
    ]

    package static func call(
        _ subject: String, _ values: FieldValues, for account: APIAccount
    ) throws -> ProviderCall<Finding> {
        let request = account.request(
            "GET", "/api/v1/\(values["industry"] ?? "hr")/applicants/",
            query: [("page", values["page"]), ("page_size", values["page-size"]), ("search", values["search"])])
        return ProviderCall(json: request) { page in
            .list(
                try page.elements("results"),
                [
                    ("APPLICANT", "id"), ("STATUS", "status"), ("REPORT", "report_status"), ("RESULT", "result"),
                    ("TAG", "tag"), ("CREATED", "created"),
                ])
        }
    }
}

/// `GET …/applicants/{id}/`.
package enum CertnApplicant: Lookup {
    package static let api = CertnLegacyAPI.description
    package static let name = "certn-applicant"
    package static let abstract = "Print one of Certn's applicants as JSON."
    package static let discussion = """
        EXAMPLES
          callbox links fetch certn-applicant A-1
        """
    package static let fields = [CertnLegacyAPI.industry]
    package static let argument: (name: String, help: String)? = ("applicant", "The applicant's ID.")

    package static func call(
        _ subject: String, _ values: FieldValues, for account: APIAccount
    ) throws -> ProviderCall<Finding> {
        let request = try CertnLegacyAPI.applicant(subject, values["industry"] ?? "hr", account)
        return ProviderCall(json: request) { .object($0.value) }
    }
}

/// `GET /api/v2/reports/{id}/pdf/` or `/web/` (certn-reference: Legacy API).
package enum CertnReport: Lookup {
    package static let api = CertnLegacyAPI.description
    package static let name = "certn-report"
    package static let abstract = "Download the report about one of Certn's applicants, as PDF or HTML."
    package static let discussion = """
        EXAMPLES
          callbox links fetch certn-report A-1 --output report.pdf
          callbox links fetch certn-report A-1 --as html > report.html
        """
    package static let fields: [Field] = [
        Field("as", .choice(["pdf", "html"]), value: "pdf|html", "The report's format. (default: pdf)")
    ]
    package static let argument: (name: String, help: String)? = ("applicant", "The applicant's ID.")

    package static func call(
        _ subject: String, _ values: FieldValues, for account: APIAccount
    ) throws -> ProviderCall<Finding> {
        let isPage = values["as"] == "html"
        let path = "/api/v2/reports/\(try APIRoot.segment(subject, "The applicant"))/\(isPage ? "web" : "pdf")/"
        return ProviderCall(
            account.request("GET", path, accept: "*/*"),
            read: { response in
                .file(try isPage ? response.body : response.pdf)
            })
    }
}

extension ProviderResponse {
    /// The body. Throws `unexpectedResponse` unless the body is a PDF.
    var pdf: [UInt8] {
        get throws {
            guard body.starts(with: Array("%PDF-".utf8)) else {
                throw ProviderCallFailure.unexpectedResponse("The file is not a PDF.")
            }
            return body
        }
    }
}
