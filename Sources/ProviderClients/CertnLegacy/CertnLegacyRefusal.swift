internal import StrictJSON

/// Legacy Certn's error bodies: maps of fields to lists of texts, as deep as the order, or `{detail}` (PROVIDERS.md 2A.2).
enum CertnLegacyRefusal {
    private static let wordless: Set<String> = ["detail", "non_field_errors"]

    static func parse(_ answer: ProviderAnswer) -> ProviderRefusal? {
        guard !answer.isSuccess else { return nil }
        var words = RefusalWords()
        if let json = RefusalWords.json(of: answer) { words.append(flattening: json, leavingOut: wordless) }
        return ProviderRefusal(status: answer.status, words: words.texts, advice: advice(for: answer, words.texts))
    }

    private static func advice(for answer: ProviderAnswer, _ words: [String]) -> String? {
        let text = words.joined(separator: " ").lowercased()
        if answer.status == 410 {
            return "Certn has switched off its legacy API; order through CertnCentric."
        }
        if text.contains("incomplete") && text.contains("report") {
            return "Wait until the applicant's status is Returned, then ask for the report."
        }
        if text.contains("account not configured") {
            return "Ask Certn to enable this check for the team, or leave it out."
        }
        return StatusAdvice.sentence(
            for: answer, credentials: "client_id and client_secret, and that they are for this host")
    }
}
