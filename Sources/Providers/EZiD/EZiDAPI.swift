internal import Deliveries
internal import StrictJSON

/// EZiD's API. Every call contains the credentials in its body (ezid-reference: API).
package enum EZiDAPI {
    package static let description = APIDescription(
        name: "ezid", provider: "ezid", defaultURL: "https://api.ezid.io", credentials: ["client-id", "client-secret"],
        extraTexts: ["public-key"],
        // EZiD documents no limit for calls. Callbox sets one, because anyone can send a code, and each code triggers a
        // call.
        callsPerMinute: 60,
        rejection: rejection, links: [EZiDLinkForm.self], followUp: EZiDFollowUp.rules)

    static func body(_ account: APIAccount) -> JSONBody {
        var body = JSONBody()
        body.set("client_id", account.text("client-id"))
        body.set("client_secret", account.text("client-secret"))
        return body
    }

    /// Reads `{success: false, reason}` with any status.
    static func rejection(_ response: ProviderResponse) -> ProviderRejection? {
        let words = RejectionWords(response, firstOf: ["reason", "message", "error"])
        guard words.json?["success"]?.scalarText == "false" || !response.isSuccess else { return nil }
        var advice: String?
        if ["client secret", "client id", "client_secret"].contains(where: words.contains) {
            advice = "Check client_id and client_secret."
        } else if response.isSuccess || response.status == 400 {
            advice = "Check the fields; a code works once and for a limited time."
        }
        return ProviderRejection(response, words: words, advice: advice, credentials: "client_id and client_secret")
    }
}

/// `POST /email-link/send`: creates a link that logs a user in.
package enum EZiDLinkForm: LinkForm {
    package static let api = EZiDAPI.description
    package static let name = "ezid"
    package static let abstract = "Send an EZiD magic link (POST /email-link/send)."
    package static let discussion = """
        EZiD sends the link by e-mail. With '--push-email no' it is printed, and you send it yourself. Anyone who has \
        the link can log in as the user.

        EXAMPLES
          callbox links create ezid --email a@b.test --base-url https://cb.test
          callbox links create ezid --email a@b.test --link-target https://b.test/in
        """

    package static let fields: [Field] = [
        Field("email", path: "email", isRequired: true, check: Field.email, "The user's e-mail address."),
        Field(
            "base-url", .baseURL, value: "url",
            "Public URL of this server, which the link opens."),
        Field(
            "link-target", path: "base_url_email_link", value: "url", check: Field.webAddress,
            "Another URL for the link (base_url_email_link)."),
        Field(
            "expiry", .duration, path: "expiry", value: "time", check: Field.positive,
            "Lifetime of the link. (default: 5m)"),
        Field("push-email", .choice(["yes", "no"]), value: "yes|no", "Let EZiD send the e-mail: yes or no."),
        Field(
            "callback-url", path: "callback_url", value: "url", check: Field.webAddress,
            "The page that opens after the login."),
        Field("login-hint", path: "login_hint", value: "email", "E-mail address to fill in for the user."),
        Field("claim", .pairs, value: "key=value", "A claim for the access token; repeatable."),
        Field("claims-file", .objectFile, value: "file", "A file with all claims as a JSON object."),
    ]

    package static func problem(with values: FieldValues) -> String? {
        values.contains("base-url") == values.contains("link-target") ? "Pass --base-url or --link-target." : nil
    }

    package static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan> {
        var body = EZiDAPI.body(account)
        body.append(try JSONBody(fields, values))
        if let receiver = context.receiver { body.set("base_url_email_link", receiver.url + "/auth") }
        let pushes = values["push-email"].map { $0 == "yes" }
        body.set("push_email", pushes.map { $0 ? "Yes" : "No" })
        body.set("claims", try values.object("claim", file: "claims-file")?.json)
        // Shows the link only if EZiD does not send it by e-mail, because the link logs its holder in as the user.
        let isShown = pushes == false
        let lifetime = values.integer("expiry") ?? 300_000
        let call = ProviderCall(json: account.request("POST", "/email-link/send", json: body.json)) { response in
            let link = try response.text("email_link")
            // The query item `code` of the link has the same value as in the browser redirect.
            let uuid = RequestTarget(String(link.prefix { $0 != "#" })).queryValue(named: "code").flatMap(
                JSONWebToken.claims(of:))?.root["uuid"]
            return CreatedLink(
                keys: uuid?.scalarText.map { [ReportField("uuid", $0)] } ?? [],
                expiresAt: response.response.receivedAt.advanced(byMilliseconds: lifetime),
                shown: isShown ? [.init("emailLink", .string(link))] : [])
        }
        return .done(LinkPlan(call: call, expectations: context.receiver == nil ? [] : ["redirect"]))
    }
}
