internal import Deliveries
internal import StrictJSON

/// `POST /links`: creates a link with which a user gives authorisation (klavi-reference: API).
package enum KlaviLinkForm: LinkForm {
    package static let api = KlaviAPI.description
    package static let name = "klavi"
    package static let abstract = "Create a Klavi link (POST /links)."
    package static let discussion = """
        --base-url builds productsCallbackURL from the routes of the klavi source, as 'config urls' prints it. \
        Without --base-url and --callback, Klavi sends reports to the URL in its Console. --help-hidden lists more \
        flags.

        EXAMPLES
          callbox links create klavi --base-url https://cb.example.com
          callbox links create klavi --external traceId=t-1 --dry-run
          callbox links create klavi --callback all=https://cb.example.com/k
          callbox links create klavi --api http://127.0.0.1:9900/data/v1
        """

    package static let fields: [Field] =
        [
            Field(
                "personal-tax-id", path: "personalTaxId", value: "id", check: BrazilianTaxID.person,
                "The CPF of the person, 11 digits."),
            Field(
                "business-tax-id", path: "businessTaxId", value: "id", check: BrazilianTaxID.company,
                "The CNPJ of the company, 14 characters."),
            Field("email", path: "email", check: Field.email, "The user's e-mail address."),
            Field("phone", path: "phone", "The user's phone number."),
            Field(
                "institution-code", path: "institutionCode", value: "id",
                "The institution, so the user does not choose one."),
            Field(
                "redirect-url", path: "redirectURL", value: "url", check: Field.webAddress,
                "The page that the user's browser opens at the end."),
            Field(
                "connection-key", path: "connectionKey", value: "key",
                "Key from an earlier report, to update its data."
            ).rare,
            Field(
                "app-link", path: "appLink", value: "url", check: Field.notEmpty, "The app to open at the end."
            ).rare,
            Field(
                "app-redirect-url-key", path: "appRedirectURLKey", value: "name",
                "The app link's parameter for the redirect URL. Required with --app-link."
            ).rare,
        ] + ProductCallbacks.fields + Field.externalInfo

    package static func problem(with values: FieldValues) -> String? {
        values.contains("app-link") && !values.contains("app-redirect-url-key")
            ? "--app-link needs --app-redirect-url-key." : ProductCallbacks.problem(with: values)
    }

    package static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan> {
        let (body, callbacks, externalInfo) = try ProductCallbacks.order(fields, values, context)
        let call = ProviderCall(json: account.request("POST", "/links", json: body.json)) { link in
            CreatedLink(
                keys: [ReportField("linkId", try link.text("linkId"))],
                expiresAt: link.integer("expireIn").map { link.response.time(inSeconds: $0) },
                shown: [.init("linkURL", .string(try link.text("linkURL")))])
        }
        return .done(
            LinkPlan(
                call: call, keys: externalInfo?.reportFields ?? [],
                expectations: callbacks.map(\.name).filter { !["all", "other"].contains($0) },
                externalInfo: externalInfo?.text))
    }
}

/// `POST /{personal,business}/{institution,user}-data`: orders new reports under an existing authorisation
/// (klavi-reference: API).
///
/// The tax ID alone selects all links of a person; a link ID or consent IDs narrow the request.
package enum KlaviReportForm: LinkForm {
    package static let api = KlaviAPI.description
    package static let name = "klavi-report"
    package static let abstract = "Request reports about a person or company that gave consent."
    package static let discussion = """
        --institution-code selects one institution (POST /personal/institution-data). Without it, Klavi queries \
        all institutions (POST /personal/user-data). The reports arrive as callbacks.

        EXAMPLES
          callbox links create klavi-report --tax-id 12345678909 --product all
          callbox links create klavi-report --tax-id 12345678909 --product all --dry-run
        """

    package static let fields: [Field] =
        [
            Field("business", .flag, "Request reports about a company, not a person."),
            Field(
                "tax-id", path: "taxId", value: "id", isRequired: true,
                "The CPF of the person or the CNPJ of the company."),
            Field(
                "product", path: "products", value: "name", isRepeated: true, check: Field.notEmpty,
                "A product, such as pf_checking_account, or 'all'."),
            Field(
                "institution-code", path: "institutionCode", value: "id", check: Field.notEmpty,
                "Only reports from this institution."),
            Field("link-id", path: "linkId", value: "id", "Only data authorised through this link."),
            Field(
                "consent-id", path: "consentIds", value: "id", isRepeated: true,
                "Only data authorised by this consent."),
        ] + ProductCallbacks.fields + Field.externalInfo

    package static func problem(with values: FieldValues) -> String? {
        let products = values.all("product")
        if products.isEmpty { return "Pass at least one --product, or --product all." }
        if products.contains("all"), products.count > 1 {
            return "The product \"all\" cannot be combined with other products."
        }
        let check = values.contains("business") ? BrazilianTaxID.company : BrazilianTaxID.person
        if let problem = values["tax-id"].flatMap(check) { return "--tax-id \(problem)." }
        return ProductCallbacks.problem(with: values)
    }

    package static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan> {
        let (body, _, externalInfo) = try ProductCallbacks.order(fields, values, context)
        let path =
            "/\(values.contains("business") ? "business" : "personal")"
            + "/\(values.contains("institution-code") ? "institution-data" : "user-data")"
        let call = ProviderCall(json: account.request("POST", path, json: body.json)) { response in
            CreatedLink(keys: [ReportField("requestId", try response.text("requestId"))])
        }
        return .done(
            LinkPlan(
                call: call, keys: externalInfo?.reportFields ?? [],
                expectations: values.all("product").filter { $0 != "all" }, externalInfo: externalInfo?.text))
    }
}

/// The URLs to which Klavi sends reports, by product, `other` or `all` (klavi-reference: Callback URL rules).
enum ProductCallbacks {
    static let fields: [Field] = [
        Field.baseURL,
        Field(
            "callback", .pairs, value: "key=url",
            "URL for a product, 'other' or 'all'; repeatable."),
    ]

    static func problem(with values: FieldValues) -> String? {
        values.contains("base-url") && values.contains("callback")
            ? "--base-url and --callback cannot be combined." : nil
    }

    /// The body of an order, its callback URLs and its externalInfo.
    static func order(
        _ fields: [Field], _ values: FieldValues, _ context: LinkContext
    ) throws -> (body: JSONBody, callbacks: [JSONText.Member], externalInfo: FreeObject?) {
        let callbacks = try entries(values, context)
        let externalInfo = try values.object("external", file: "external-file")
        var body = try JSONBody(fields, values)
        body.set("productsCallbackURL", callbacks.isEmpty ? nil : .object(callbacks))
        body.set("externalInfo", externalInfo?.json)
        return (body, callbacks, externalInfo)
    }

    /// The entries from the routes or the flags. If there are no entries, Klavi sends reports to the URL in its
    /// console. Throws `badInput` for a repeated key, an invalid URL, or `all` together with other keys.
    private static func entries(_ values: FieldValues, _ context: LinkContext) throws -> [JSONText.Member] {
        let entries = context.receiver?.routes ?? values.pairs("callback")
        var keys: Set<String> = []
        for entry in entries {
            if let problem = Field.notEmpty(entry.name) {
                throw ProviderCallFailure.badInput("A key of productsCallbackURL \(problem).")
            }
            if let problem = Field.webAddress(entry.value) {
                throw ProviderCallFailure.badInput("The address of productsCallbackURL for \(entry.name) \(problem).")
            }
            guard keys.insert(entry.name).inserted else {
                throw ProviderCallFailure.badInput("productsCallbackURL names \(entry.name) twice.")
            }
        }
        guard !keys.contains("all") || keys.count == 1 else {
            throw ProviderCallFailure.badInput(
                "productsCallbackURL has \"all\" and other keys, but \"all\" must be the only key.")
        }
        return entries.map { .init($0.name, .string($0.value)) }
    }
}
