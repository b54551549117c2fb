package import Deliveries
internal import StrictJSON

/// `POST /certilink/create`, or `bulk-create` for several orders (certificall-reference: API).
package enum CertilinkForm: BulkLinkForm {
    package static let api = CertificallAPI.description
    package static let name = "certilink"
    package static let abstract = "Create one or more Certificall Certilinks."
    package static let discussion = """
        Send the webhook's URL to Certificall by hand ('config urls' prints it). Anyone who has the reportToken can \
        read the report without a login, so a random reportToken is generated unless you set one. A --from file uses \
        the names of Certificall's API: reportToken, frameId, expirationDate, beneficiary.lastName, metadata.source. \
        --help-hidden lists more flags.

        EXAMPLES
          callbox links create certilink --frame 1 --report-token case-001
          callbox links create certilink --frame 1 --expires 7d --max-uses 3
          callbox links create certilink --from links.csv --frame 1 --dry-run
        """

    package static let fields: [Field] =
        [
            Field(
                identifier, path: "reportToken", value: "token",
                "Your identifier of the case. (default: a random UUID)"),
            Field(
                "frame", .integer, path: "frameId", value: "id",
                "Kind of inspection; see 'links fetch frames'."),
            CertilinkChange.expires,
            Field(
                "max-uses", .integer, path: "maxUses", value: "count", check: Field.positive,
                "The maximum number of uses."),
            Field(
                "company-id", .integer, path: "companyId", value: "id",
                "Your company's ID, if the login is not sufficient."),
            Field(
                "from", .linkFile, value: "file",
                "CSV or NDJSON file, one link per line; - is stdin."),
        ] + CertilinkChange.context

    package static let identifier = "report-token"
    /// The number of orders in one request. Certificall documents no limit.
    package static let batchCount = 100

    package static func problem(with values: FieldValues) -> String? {
        if values.contains("from") {
            return values.contains(identifier) ? "--from and --report-token cannot be combined." : nil
        }
        return values.contains("frame") ? nil : "Pass --frame or --from."
    }

    package static func problem(withOrder values: FieldValues) -> String? {
        values.contains("frame") ? nil : "has no frameId, and --frame is missing"
    }

    package static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan> {
        let token = values[identifier] ?? context.identifier
        let (order, body) = try order(values, token: token)
        var plan = order
        let request = account.certilink("POST", "create", json: body.json)
        let end = plan.expiresAt
        plan.call = ProviderCall(json: request) { try created($0, token: token, end) }
        return .done(plan)
    }

    package static func plan(
        _ orders: [FieldValues], for account: APIAccount
    ) throws -> (plans: [LinkPlan], call: ProviderCall<[BulkOutcome]>) {
        let tokens = orders.map { $0[identifier] ?? "" }
        let parts = try zip(orders, tokens).map { try order($0, token: $1) }
        let request = account.certilink("POST", "bulk-create", json: .array(parts.map { $0.body.json }))
        return (parts.map { $0.plan }, ProviderCall(json: request) { try outcomes($0, of: tokens) })
    }

    private static func order(_ values: FieldValues, token: String) throws -> (plan: LinkPlan, body: JSONBody) {
        var values = values
        values.replace(fields[0], by: token)
        var body = try JSONBody(fields, values)
        let end = try CertilinkChange.end(values, in: &body)
        let metadata = try values.object("metadata")
        let plan = LinkPlan(
            keys: [ReportField("reportId", token)]
                + values.pairs("metadata").map { ReportField("externalInfo.\($0.name)", $0.value) },
            expectations: ["certificate"], externalInfo: metadata?.text, expiresAt: end)
        return (plan, body)
    }

    private static func created(_ link: ResponseFields, token: String, _ end: Timestamp?) throws -> CreatedLink {
        let url = try link.text("url")
        let item = RequestTarget(String(url.prefix { $0 != "#" })).queryValue(named: "mt")
        let secret = link.optionalText(CertificallAPI.magicLinkToken) ?? item.flatMap { $0.isEmpty ? nil : $0 }
        return CreatedLink(
            keys: [ReportField("reportId", token)]
                + (secret.map { [ReportField(CertificallAPI.magicLinkToken, $0)] } ?? []),
            expiresAt: end, shown: [.init("url", .string(url))])
    }

    /// Reads `{success: [{reportToken, url}], error: [{reportToken, message}]}`. Older versions of the API respond with
    /// a single link.
    private static func outcomes(_ response: ResponseFields, of tokens: [String]) throws -> [BulkOutcome] {
        let isAlone = response.value["success"] == nil && response.value["url"] != nil
        let successes = try isAlone ? [response] : response.elements("success")
        let failures = try response.value["error"]?.kind == .array ? response.elements("error") : []
        var outcomes: [String: BulkOutcome] = [:]
        for (place, link) in successes.enumerated() {
            // If the response has no token and no order failed, the order is identified by its position.
            let token =
                link.optionalText("reportToken") ?? (failures.isEmpty && place < tokens.count ? tokens[place] : nil)
            if let token { outcomes[token] = .created(try created(link, token: token, nil)) }
        }
        for failure in failures {
            guard let token = failure.optionalText("reportToken") else { continue }
            outcomes[token] = .failed(failure.optionalText("message") ?? "the provider returned no reason")
        }
        return tokens.map { outcomes[$0] ?? .unknown }
    }
}

/// `PATCH /certilink/{magicLinkToken}`. Replaces the expiry of a Certilink, or all of its texts and metadata.
package enum CertilinkChange: LinkUpdate {
    package static let fields = [expires] + context
    package static let key = CertificallAPI.magicLinkToken

    static let expires = Field(
        "expires", .moment, path: "expirationDate", value: "time", "Expiry, such as 7d or 2026-12-31T23:59:59Z."
    )

    static let context: [Field] =
        [
            ("last-name", "beneficiary.lastName", "The beneficiary's last name."),
            ("first-name", "beneficiary.firstName", "The beneficiary's first name."),
            ("address", "beneficiary.address", "The beneficiary's address."),
            ("city", "beneficiary.city", "The beneficiary's city."),
            ("post-code", "beneficiary.postCode", "The beneficiary's postal code."),
            ("email", "beneficiary.email", "The beneficiary's e-mail address."),
            ("issuer", "issuer", "Issuer."),
            ("photo-ref", "photoRef", "A reference for the photos."),
            ("report-ref", "reportRef", "A human-readable reference, not the reportToken."),
            ("instructions", "instructions", "Instructions for the user."),
            ("user", "user", "The user's name in the PDF."),
        ].map { name, path, help in
            let field = Field(
                name, path: "context.visibleData.\(path)", check: name == "email" ? Field.email : nil, help)
            return ["last-name", "instructions"].contains(name) ? field : field.rare
        } + [
            Field(
                "metadata", .pairs, path: "context.metadata", value: "key=value",
                "Key and value of the metadata; repeatable.")
        ]

    package static func problem(with values: FieldValues) -> String? {
        fields.contains { values.contains($0.name) } ? nil : "Pass --expires, or an option that changes the content."
    }

    package static func call(
        _ key: String, _ values: FieldValues, for account: APIAccount
    ) throws -> ProviderCall<Timestamp?> {
        var body = try JSONBody(fields, values)
        let end = try end(values, in: &body)
        let path = try APIRoot.segment(key, CertificallAPI.magicLinkToken)
        return ProviderCall(json: account.certilink("PATCH", path, json: body.json)) { _ in end }
    }

    /// Writes the expiry in the only form that Certificall accepts, `2025-12-31T23:59:59.000+0100`, without a colon in
    /// the offset.
    static func end(_ values: FieldValues, in body: inout JSONBody) throws -> Timestamp? {
        guard let end = values["expires"].flatMap({ Timestamp(rfc3339: $0.utf8) }) else { return nil }
        body.replace("expirationDate", .string(end.rfc3339.dropLast() + "+0000"))
        return end
    }
}
