internal import StrictJSON

/// Legacy Certn's error bodies: maps of fields to lists of texts, as deep as the order, or `{detail}` (PROVIDERS.md 2A.2).
enum CertnLegacyRejection {
    private static let wordless: Set<String> = ["detail", "non_field_errors"]

    static func parse(_ response: ProviderResponse) -> ProviderRejection? {
        guard !response.isSuccess else { return nil }
        var words = RejectionWords()
        if let json = RejectionWords.json(of: response) { words.append(flattening: json, leavingOut: wordless) }
        return ProviderRejection(
            status: response.status, words: words.texts, advice: advice(for: response, words.texts))
    }

    private static func advice(for response: ProviderResponse, _ words: [String]) -> String? {
        let text = words.joined(separator: " ").lowercased()
        if response.status == 410 {
            return "Certn has switched off its legacy API; order through CertnCentric."
        }
        if text.contains("incomplete") && text.contains("report") {
            return "Wait until the applicant's status is Returned, then ask for the report."
        }
        if text.contains("account not configured") {
            return "Ask Certn to enable this check for the team, or leave it out."
        }
        return StatusAdvice.sentence(
            for: response, credentials: "client_id and client_secret, and that they are for this host")
    }
}
