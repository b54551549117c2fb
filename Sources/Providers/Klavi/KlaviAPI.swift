internal import Deliveries
internal import StrictJSON

/// Klavi's data API (klavi-reference: API). Klavi pushes all reports, so no follow-up is needed.
package enum KlaviAPI {
    package static let description = APIDescription(
        name: "klavi", provider: "klavi", defaultURL: "https://api-sandbox.klavi.ai/data/v1",
        credentials: ["access-key", "secret-key"],
        // Klavi signs with the same secretKey that is used to log in (klavi-reference: Signature).
        sharedVariables: ["secret-key": "CALLBOX_KLAVI_SECRET"], login: login, rejection: rejection,
        links: [KlaviLinkForm.self, KlaviReportForm.self],
        cancel: LinkCancellation(key: "linkId", effect: "revokes its consents", call: revokeConsents))

    /// `POST /auth`.
    static func login(_ account: APIAccount) -> ProviderCall<AccessToken> {
        var body = JSONBody()
        body.set("accessKey", account.text("access-key"))
        body.set("secretKey", account.text("secret-key"))
        let request = account.request(
            "POST", "/auth", json: body.json, repetition: .safe, needsAccessToken: false)
        return ProviderCall(json: request) { try $0.accessToken("accessToken", lifetime: "expireIn") }
    }

    /// `GET /consents` of a link, then `DELETE /consents/{id}/revoke` for each authorised consent.
    static func revokeConsents(ofLink id: String, _ account: APIAccount) -> ProviderCall<Void> {
        let request = account.request("GET", "/consents", query: [("linkId", id)])
        return ProviderCall(json: request) { response in
            // A single consent may be returned without an array.
            try (response.value.kind == .array ? response.elements() : [response]).filter {
                [nil, "AUTHORISED"].contains($0.optionalText("status"))
            }.map { try $0.text("consentId") }
        }.then { try revoke($0[...], account) }
    }

    private static func revoke(_ consents: ArraySlice<String>, _ account: APIAccount) throws -> ProviderStep<Void> {
        guard let first = consents.first else { return .done(()) }
        let path = "/consents/\(try APIRoot.segment(first, "The consent"))/revoke"
        return .call(
            ProviderCall(json: account.request("DELETE", path)) { _ in }.then { _ in
                try revoke(consents.dropFirst(), account)
            })
    }

    /// Reads `{statusCode, error, message}`. The message is a string or a list. Business errors have the status 416 and
    /// a specific code.
    static func rejection(_ response: ProviderResponse) -> ProviderRejection? {
        guard !response.isSuccess else { return nil }
        let words = RejectionWords(response, firstOf: ["message", "error"])
        let code = words.json?["statusCode"]?.scalarText.map { String($0.prefix(32)) }
        return ProviderRejection(
            response, code: code == "\(response.status)" ? nil : code, words: words,
            advice: code.flatMap(businessAdvice), credentials: "accessKey and secretKey")
    }

    private static func businessAdvice(_ code: String) -> String? {
        switch code {
        case "4001": "Check the authorisation of the link or consent; the user may need to authorise again."
        case "4002": "Check the product names, and that Klavi has enabled them for the account."
        case "4003": "Check the consent; it may have been revoked already."
        case "4004": "Check institutionCode against the list of institutions."
        case "4005": "Request at least one product, or \"all\"."
        case "4006": "Correct productsCallbackURL; \"all\" excludes other keys."
        case "4007": "The product request failed at Klavi; request the report again later."
        case "4008", "4009":
            "The user's authorisation does not cover this report; ask the user to extend it, then try again."
        default: nil
        }
    }
}

/// Brazilian tax IDs without punctuation. Check digits are not verified, because those of the provider's test users are
/// not valid.
enum BrazilianTaxID {
    static let person: Field.Check = { text in
        text.utf8.count == 11 && text.utf8.allSatisfy(isDigit) ? nil : "is not a CPF of 11 digits without dots or dash"
    }

    /// The first twelve characters may be capital letters. IDs with letters have been issued since July 2026.
    static let company: Field.Check = { text in
        let isWellFormed =
            text.utf8.count == 14
            && text.utf8.enumerated().allSatisfy { place, byte in
                isDigit(byte) || place < 12 && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            }
        return isWellFormed ? nil : "is not a CNPJ of 14 characters without dots, slash or dash"
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
