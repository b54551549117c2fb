/// The page that an invited candidate fills in. Reading it changes nothing; sending it submits the application.
enum CertnOnboardingPage {
    static let unknown = APIReply.page(404, title: "No such application", "<p>This link leads nowhere.</p>")
    static let done = APIReply.page(title: "Application submitted", "<p>Thank you. There is nothing left to do.</p>")

    static func form(_ document: CertnApplicantDocument) -> APIReply {
        let form = document.applicant.form
        let action = HTML.escaped(document.onboardingLink)
        return .page(
            title: "Your background check",
            """
            <form method="post" action="\(action)">
            <p><label>First name <input name="first_name" required value="\(HTML.escaped(form.firstName ?? ""))"></label></p>
            <p><label>Last name <input name="last_name" required value="\(HTML.escaped(form.lastName ?? ""))"></label></p>
            <p><button>Consent and submit</button></p></form>
            """)
    }

    /// Takes over what the candidate wrote; what was left empty stays as it was.
    static func fill(_ applicant: inout CertnApplicant, from request: APIRequest) {
        func written(_ name: String) -> String? {
            request.formValue(name).flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }
        }
        applicant.form.firstName = written("first_name") ?? applicant.form.firstName ?? "Ana"
        applicant.form.lastName = written("last_name") ?? applicant.form.lastName ?? "Souza"
        let information = JSON.object(applicant.form.information)
            .setting("first_name", .optional(applicant.form.firstName))
            .setting("last_name", .optional(applicant.form.lastName))
        applicant.form.information = information.members ?? []
    }
}
