/// The pages that a person sees in the browser.
enum KlaviPage {
    static let done = APIReply.page(title: "Done", "<p>You can close this page.</p>")
    static let unknown = problem(
        404, "This page does not exist", "Its address is not complete, or was never given out.")
    static let expired = problem(410, "This page has expired", "Go back to where you came from and begin again.")

    static func problem(_ status: Int, _ title: String, _ text: String) -> APIReply {
        .page(status, title: title, "<p>\(HTML.escaped(text))</p>")
    }

    /// The choice of an institution and of what it may hand over (the LGPD page).
    static func link(_ link: KlaviLink) -> APIReply {
        let customization = link.externalInfo["customization"]
        let subtitle = customization?["landingSubtitle"]?.string.map { "<p>\(HTML.escaped($0))</p>" } ?? ""
        let choices = link.institutions.enumerated().map { index, institution in
            let check = index == 0 ? " checked" : ""
            return """
                <p><label><input type="radio" name="institution" value="\(institution.code)"\(check)> \
                \(HTML.escaped(institution.name)) (\(institution.code))</label></p>
                """
        }.joined()
        let taxID =
            link.personalTaxID == nil && link.businessTaxID == nil
            ? "<p><label>CPF <input name=\"taxId\" value=\"\(KlaviTaxID.example)\"></label></p>" : ""
        return .page(
            title: customization?["landingTitle"]?.string ?? "Share your financial records",
            subtitle + form(secret: link.token, "<h2>Institution</h2>\(choices)\(taxID)"))
    }

    private static func form(secret: String, _ content: String) -> String {
        let boxes = KlaviPermission.allCases.map {
            """
            <p><label><input type="checkbox" name="permission" value="\($0.rawValue)" checked> \
            \($0.rawValue)</label></p>
            """
        }.joined()
        return """
            <form method="post" action="/conecte"><input type="hidden" name="v" value="\(HTML.escaped(secret))">
            \(content)<h2>Permissions</h2>\(boxes)
            <p><button name="decision" value="authorise">Authorise</button>
            <button name="decision" value="reject">Reject</button></p></form>
            """
    }
}

/// What a person sent with the form of a link's page.
struct KlaviDecision: Sendable, Equatable {
    /// Nil for the button "Reject".
    let granted: [KlaviPermission]?
    let institutionCode: String?
    let personalTaxID: String?

    /// Nil for a form without one of the two buttons.
    init?(_ request: APIRequest) {
        switch request.formValue("decision") {
        case "authorise":
            let ticked = request.form.filter { $0.name == "permission" }.compactMap {
                KlaviPermission(rawValue: $0.value)
            }
            granted = KlaviPermission.allCases.filter { ticked.contains($0) }
        case "reject": granted = nil
        default: return nil
        }
        institutionCode = request.formValue("institution")
        personalTaxID = request.formValue("taxId")
    }
}

/// The way back to the customer after a decision (PROVIDERS.md 1.1.7).
enum KlaviReturn {
    /// Sends the browser to the redirect URL; to the app by a link on a page, where the link names an app; or says that
    /// all is done.
    static func reply(_ consent: KlaviConsent, of link: KlaviLink, baseURL: String) -> APIReply {
        var parameters = [
            (name: "link_id", value: link.id),
            (name: "external_info", value: String(decoding: link.externalInfo.bytes, as: UTF8.self)),
        ]
        if consent.storedStatus == .rejected {
            parameters += [("error", "access_denied"), ("error_description", "The user rejected the consent")]
        }
        if let appLink = link.appLink, let key = link.appRedirectURLKey {
            let back = KlaviURL.adding(parameters, to: link.redirectURL ?? "\(baseURL)/conecte/done")
            let target = HTML.escaped(KlaviURL.adding([(key, back)], to: appLink))
            return .page(title: "Back to the app", "<p><a class=\"button\" href=\"\(target)\">Open the app</a></p>")
        }
        guard let redirectURL = link.redirectURL else { return KlaviPage.done }
        return .redirect(to: KlaviURL.adding(parameters, to: redirectURL))
    }
}
