internal import Deliveries
internal import StrictJSON

/// `POST /cases/order/` or `/cases/order-package/`. An order without an invitation is a quickscreen, which requires
/// claims (certn-reference: Centric API).
package enum CentricLinkForm: LinkForm {
    package static let api = CentricAPI.description
    package static let name = "certn-centric"
    package static let abstract = "Order a case through Certn Centric (POST /cases/order/)."
    package static let discussion = """
        The webhook's URL is set in the Client Portal ('config urls' prints it), not here. Without an invitation the \
        order is a quickscreen and needs the applicant's name and date of birth. --help-hidden lists the address flags.

        EXAMPLES
          callbox links create certn-centric --email a@b.test --package basic
          callbox links create certn-centric --email a@b.test --check CREDIT_REPORT_1
        """

    package static let fields: [Field] = [
        Field("email", path: "email_address", isRequired: true, check: Field.email, "The applicant's e-mail address."),
        Field(
            "check", value: "type", isRepeated: true, check: Field.notEmpty,
            "Check to order; '={…}' adds arguments as JSON. Repeatable."),
        Field("package", path: "package", value: "name", check: Field.notEmpty, "Package to order, instead of checks."),
        Field("send-invite-email", .flag, "Let Certn invite the applicant by e-mail."),
        Field("return-invite-link", .flag, "Print a link for the applicant."),
        Field("given-name", path: "input_claims.name.given_name", "The applicant's given name."),
        Field("family-name", path: "input_claims.name.family_name", "The applicant's family name."),
        Field(
            "date-of-birth", path: "input_claims.date_of_birth", value: "date", check: Field.day,
            "The applicant's date of birth, such as 2001-02-28."),
        Field("street-address", "Street of the applicant's current address.").rare,
        Field("locality", "City of the current address.").rare,
        Field("administrative-division1", value: "name", "Province or state of the current address.").rare,
        Field("postal-code", "Postal code of the current address.").rare,
        Field("country", "Country of the current address.").rare,
        Field("start-date", value: "date", check: Field.day, "First day of residence at the current address.").rare,
        Field.furtherFields,
    ]

    package static func problem(with values: FieldValues) -> String? {
        if values.contains("check") == values.contains("package") { return "Pass --check or --package." }
        let types = values.all("check").map { $0.prefix { $0 != "=" } }
        return Set(types).count < types.count ? "--check is repeated." : nil
    }

    package static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan> {
        var body = try JSONBody(fields, values)
        if !values.contains("package") {
            if let residence = residence(values) { body.set("input_claims.residences", .array([residence])) }
            let invites = ["send-invite-email", "return-invite-link"].map(values.contains)
            guard invites.contains(true) || body.contains(["input_claims"]) else {
                throw ProviderCallFailure.badInput("An order without an invitation (a quickscreen) needs input_claims.")
            }
            body.set("send_invite_email", .boolean(invites[0]))
            body.set("return_invite_link", .boolean(invites[1]))
            body.set("check_types_with_arguments", .object(try checks(values)))
        }
        try body.add(try values.object(file: "fields-file"))
        let path = values.contains("package") ? "/cases/order-package/" : "/cases/order/"
        let call = ProviderCall(json: account.centric("POST", path, json: body.json)) { order in
            CreatedLink(
                keys: [ReportField("object_id", try order.text("id"))],
                shown: [
                    order.shown("short_id", as: "shortId"), order.shown("overall_status", as: "overallStatus"),
                    order.shown("invite_link", as: "inviteLink"),
                ])
        }
        return .done(LinkPlan(call: call, expectations: ["CASE_STATUS_CHANGED"]))
    }

    private static func checks(_ values: FieldValues) throws -> [JSONText.Member] {
        try values.all("check").map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let arguments = try parts.dropFirst().first.map { try FreeObject($0, name: "--check") }
            return .init(parts.first ?? "", arguments?.json ?? .object([]))
        }
    }

    private static func residence(_ values: FieldValues) -> JSONText? {
        guard values.contains("street-address") else { return nil }
        let names = ["street_address", "locality", "administrative_division1", "postal_code", "country"]
        let address = names.map { name in
            JSONText.Member(
                name == "administrative_division1" ? "administrative_division_1" : name,
                .string(values[name.replacing("_", with: "-")] ?? ""))
        }
        let since = values["start-date"].map { [JSONText.Member("start_date", .string($0))] } ?? []
        return .object([.init("address", .object(address))] + since)
    }
}
