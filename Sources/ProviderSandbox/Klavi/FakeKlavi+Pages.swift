internal import Deliveries
internal import Foundation
internal import StrictJSON

/// The pages of a link. A person chooses an institution and the data it may provide, or rejects the consent.
extension FakeKlavi {
    private static let done = Response.message(200, "Done", "You can close this page.")

    mutating func respondToPage(_ request: APIRequest, _ world: inout World) -> Response {
        let isForm = request.method == "POST"
        let token = isForm ? request.formValue("v") : request.queryValue("v")
        guard let link = token.flatMap({ linkTokens[$0] }).flatMap({ links[$0] }) else {
            return .message(404, "This page does not exist", "Its address is incomplete or was never issued.")
        }
        guard world.now < link.expiresAt else {
            return .message(410, "This page has expired", "Return to the previous page and begin again.")
        }
        return isForm ? decide(request, of: link, &world) : Self.page(of: link)
    }

    private static func page(of link: KlaviLink) -> Response {
        let customization = link.externalInfo["customization"]
        let institutions = link.institutions.enumerated().map { index, institution in
            """
            <p><label><input type="radio" name="institution" value="\(institution.code)"\(index == 0 ? " checked" : "")>
            \(institution.name) (\(institution.code))</label></p>
            """
        }
        let permissions = KlaviConsent.permissions.map {
            "<p><label><input type=\"checkbox\" name=\"permission\" value=\"\($0)\" checked> \($0)</label></p>"
        }
        let needsTaxID = link.personalTaxID == nil && link.businessTaxID == nil
        let taxID = needsTaxID ? HTML.input("CPF", "taxId", value: KlaviSubject.examplePerson) : ""
        return .page(
            200, customization?["landingTitle"]?.string ?? "Share your financial records",
            """
            <form method="post" action="/conecte"><input type="hidden" name="v" value="\(link.token)">
            <h2>Institution</h2>\(institutions.joined())\(taxID)<h2>Permissions</h2>\(permissions.joined())
            <p><button name="decision" value="authorise">Authorise</button>
            <button name="decision" value="reject">Reject</button></p></form>
            """)
    }

    /// Handles the form of a page. Each submission creates a separate consent, because a person may connect several
    /// institutions.
    private mutating func decide(_ request: APIRequest, of link: KlaviLink, _ world: inout World) -> Response {
        let decision = request.formValue("decision")
        guard let decision, ["authorise", "reject"].contains(decision) else {
            return .message(400, "Nothing was chosen", "Choose Authorise or Reject.")
        }
        let isAuthorised = decision == "authorise"
        var subject = KlaviSubject(link)
        subject.institutionCode = request.formValue("institution") ?? link.institutions.first?.code
        guard link.institutions.contains(where: { $0.code == subject.institutionCode }) else {
            return .message(400, "No institution was chosen", "Choose an institution on the page.")
        }
        if link.personalTaxID == nil && link.businessTaxID == nil {
            subject.personalTaxID = request.formValue("taxId") ?? ""
            guard subject.personalTaxID.wholeMatch(of: /[0-9]{11}/) != nil else {
                return .message(400, "The CPF is not valid", "A CPF has 11 digits.")
            }
        }
        let ticked = request.form.filter { $0.name == "permission" }.map(\.value)
        let granted = KlaviConsent.permissions.filter { isAuthorised && ticked.contains($0) }
        guard !isAuthorised || !granted.isEmpty else {
            return .message(400, "No permission was chosen", "Choose at least one permission, or reject the consent.")
        }
        let consent = KlaviConsent(
            about: subject, isAuthorised ? KlaviConsent.authorised : "REJECTED", granted: granted, &world)
        keep(consent)
        subject.consents = [consent]
        send(isAuthorised ? "consent_authorised" : "consent_rejected", about: subject, &world)
        if isAuthorised {
            let products = KlaviProduct.onboarding(isBusiness: !consent.businessTaxID.isEmpty)
            deliver(products, requestID: world.random.uuid(), about: subject, [link.rules], &world)
        }
        return Self.wayBack(from: link, isRejected: !isAuthorised)
    }

    /// The response that sends the browser to the redirect URL.
    private static func wayBack(from link: KlaviLink, isRejected: Bool) -> Response {
        guard let redirectURL = link.redirectURL else { return done }
        var parameters = [("link_id", link.id), ("external_info", link.externalInfo.compact)]
        if isRejected {
            parameters += [("error", "access_denied"), ("error_description", "The user rejected the consent")]
        }
        return .redirect(to: WebAddress.adding(parameters, to: redirectURL))
    }
}
