internal import StrictJSON

/// Klavi's error bodies: `{statusCode, error, message}`, the message a text or a list, business errors under status 416
/// with a code of their own (PROVIDERS.md 1.3).
enum KlaviRejection {
    static func parse(_ response: ProviderResponse) -> ProviderRejection? {
        guard !response.isSuccess else { return nil }
        var words = RejectionWords()
        let json = RejectionWords.json(of: response)
        words.append(textsOf: json?["message"])
        if words.texts.isEmpty { words.append(textsOf: json?["error"]) }
        let code = json?["statusCode"]?.scalarText.map { String($0.prefix(32)) }
        return ProviderRejection(
            status: response.status, code: code == "\(response.status)" ? nil : code, words: words.texts,
            advice: code.flatMap(businessAdvice)
                ?? StatusAdvice.sentence(for: response, credentials: "accessKey and secretKey"))
    }

    private static func businessAdvice(_ code: String) -> String? {
        switch code {
        case "4001": "Check the authorisation of the link or consent; the user may have to give it again."
        case "4002": "Check the product names, and that Klavi has enabled them for the account."
        case "4003": "Check the consent; it may have been revoked already."
        case "4004": "Check institutionCode against the list of institutions."
        case "4005": "Name at least one product, or \"all\"."
        case "4006": "Correct productsCallbackURL; \"all\" stands alone."
        case "4007": "The product request failed at Klavi; ask for the report again later."
        case "4008", "4009":
            "The user has not authorised enough for this report; have the user authorise, then ask again."
        default: nil
        }
    }
}
