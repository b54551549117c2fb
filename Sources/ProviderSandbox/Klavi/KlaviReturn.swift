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
