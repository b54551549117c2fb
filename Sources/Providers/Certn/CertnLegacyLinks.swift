internal import Deliveries
internal import StrictJSON

/// `POST …/applications/quick/` or `/invite/`. For a quickscreen, the customer provides all data. For an invitation,
/// the applicant provides the data (certn-reference: Legacy API).
package enum CertnLinkForm: LinkForm {
    package static let api = CertnLegacyAPI.description
    package static let name = "certn"
    package static let abstract = "Order a check through Certn's legacy API."
    package static let discussion = """
        The order is a quickscreen, or an invitation with --invite. Without --owner-id the first user of the team owns \
        the order. 'config urls' prints the webhook's URL. --help-hidden lists the address flags.

        EXAMPLES
          callbox links create certn --invite --email a@b.test --check softcheck
          callbox links create certn --check softcheck --fields-file order.json
        """

    package static let fields: [Field] = [
        CertnLegacyAPI.industry,
        Field("invite", .flag, "Invite the applicant by e-mail to enter missing data."),
        Field(
            "check", value: "name", isRepeated: true, check: checkName,
            "Check, such as softcheck. Repeatable."),
        Field("owner-id", value: "id", "ID of the user who will own the order."),
        Field("tag", path: "tag", value: "text", "Your reference, which every delivery contains."),
        Field("email", check: Field.email, "The applicant's e-mail address."),
        Field("phone-number", "The applicant's phone number."),
        Field("first-name", path: "information.first_name", "The applicant's first name."),
        Field("last-name", path: "information.last_name", "The applicant's last name."),
        Field("address", "Street of the applicant's current address.").rare,
        Field("city", "City of the current address.").rare,
        Field("province-state", "Province or state of the current address, such as BC.").rare,
        Field("country", "Country of the current address, such as CA.").rare,
        Field("location-address", "Street of the position or property.").rare,
        Field("location-city", "City of the position or property.").rare,
        Field("location-province-state", "Province or state of the position or property.").rare,
        Field("location-country", "Country of the position or property.").rare,
        Field("location-postal-code", "Postal code of the position or property.").rare,
        Field("location-type", "Type of this location, such as 'Position Location'.").rare,
        Field.furtherFields,
        Field(
            "information-file", .objectFile, value: "file",
            "JSON file with further members of 'information'."),
    ]

    private static let checkName: Field.Check = { text in
        let name = text.hasPrefix("request_") ? text.dropFirst(8) : text[...]
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        return isName ? nil : "is not a valid check: use lower-case letters, digits and _"
    }

    package static func problem(with values: FieldValues) -> String? {
        let checks = flags(values)
        if checks.isEmpty { return "Pass at least one --check, such as softcheck." }
        if Set(checks).count < checks.count { return "--check is repeated." }
        return values.contains("invite") && !values.contains("email") ? "--invite needs --email." : nil
    }

    package static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan> {
        if let owner = values["owner-id"] { return .done(try plan(values, account, owner: owner)) }
        if context.isDryRun {
            return .done(try plan(values, account, owner: "<the first user of GET /api/v1/users/>"))
        }
        return .call(
            CertnLegacyAPI.users(account).then { users in
                guard let owner = try users.first?.text("id") else {
                    throw ProviderCallFailure.badInput(
                        "The team has no user who could own the order; pass an owner with --owner-id.")
                }
                return .done(try plan(values, account, owner: owner))
            })
    }

    private static func plan(_ values: FieldValues, _ account: APIAccount, owner: String) throws -> LinkPlan {
        let isInvitation = values.contains("invite")
        let industry = values["industry"] ?? "hr"
        var body = try JSONBody(fields, values)
        for flag in flags(values) { body.set(flag, .boolean(true)) }
        body.set("owner_id", owner)
        if let address = address(values, "") {
            body.set("information.addresses", .array([.object(address + [.init("current", .boolean(true))])]))
        }
        try body.add(try values.object(file: "information-file"), at: ["information"])
        let more = try values.object(file: "fields-file")
        if isInvitation {
            body.set("email", values["email"])
            body.set("phone_number", values["phone-number"])
        } else {
            body.set("position_or_property_location", address(values, "location-").map { .object($0) })
        }
        try body.add(more)
        let isWhole = more?.members.contains { $0.name == "information" } == true
        let names = isWhole ? [] : ["first_name", "last_name", "addresses"]
        guard
            isInvitation
                || names.allSatisfy({ body.contains(["information", $0]) })
                    && body.contains(["position_or_property_location"])
        else {
            throw ProviderCallFailure.badInput(
                "A quickscreen needs --first-name, --last-name, an address with --city and --country, and "
                    + "--location-city and --location-country. With --invite, the applicant enters this data.")
        }
        let path = "/api/v1/\(industry)"
        let request = account.request(
            "POST", "\(path)/applications/\(isInvitation ? "invite" : "quick")/", json: body.json)
        let call = ProviderCall(json: request) { order in try created(order) }
        return LinkPlan(
            call: call, apiPath: path, keys: values["tag"].map { [ReportField("externalInfo.tag", $0)] } ?? [],
            expectations: ["applicant:report_status=COMPLETE"])
    }

    /// After a quickscreen, `id` identifies the applicant; after an invitation, it identifies the application
    /// (certn-reference: Legacy identifiers).
    private static func created(_ order: ResponseFields) throws -> CreatedLink {
        let id = try order.text("id")
        let applicant = order.value["applicant"]
        let applicantID = applicant?["id"]?.scalarText
        let status =
            order.optionalText("report_status") ?? order.optionalText("status") ?? applicant?["status"]?.scalarText
        return CreatedLink(
            keys: [ReportField("id", applicantID ?? id)]
                + (applicantID == nil ? [] : [ReportField("application.id", id)]),
            shown: [
                .init("reportStatus", .optional(status)), order.shown("onboarding_link", as: "onboardingLink"),
            ])
    }

    /// The `request_…` members that request checks.
    private static func flags(_ values: FieldValues) -> [String] {
        values.all("check").map { $0.hasPrefix("request_") ? $0 : "request_\($0)" }
    }

    /// The address; nil without a city and a country, which every address requires.
    private static func address(_ values: FieldValues, _ prefix: String) -> [JSONText.Member]? {
        guard values.contains("\(prefix)city"), values.contains("\(prefix)country") else { return nil }
        var members = [
            ("address", "address"), ("city", "city"), ("province_state", "province-state"), ("country", "country"),
        ]
        .map { JSONText.Member($0.0, .string(values[prefix + $0.1] ?? "")) }
        for (name, flag) in [("postal_code", "postal-code"), ("location_type", "type")] {
            if !prefix.isEmpty, let text = values[prefix + flag] { members.append(.init(name, .string(text))) }
        }
        return members
    }
}
