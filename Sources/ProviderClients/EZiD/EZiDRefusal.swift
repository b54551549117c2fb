internal import StrictJSON

/// EZiD's error bodies: `{success: false, reason}`, whatever the status says (PROVIDERS.md 3.2 and 6, default 24).
enum EZiDRefusal {
    static func parse(_ answer: ProviderAnswer) -> ProviderRefusal? {
        let json = RefusalWords.json(of: answer)
        let isFailure = json?["success"]?.scalarText == "false"
        guard isFailure || !answer.isSuccess else { return nil }
        var words = RefusalWords()
        words.append(textsOf: json?["reason"])
        if words.texts.isEmpty { words.append(textsOf: json?["message"]) }
        if words.texts.isEmpty { words.append(textsOf: json?["error"]) }
        return ProviderRefusal(status: answer.status, words: words.texts, advice: advice(for: answer, words.texts))
    }

    private static func advice(for answer: ProviderAnswer, _ words: [String]) -> String? {
        let text = words.joined(separator: " ").lowercased()
        if text.contains("client secret") || text.contains("client id") || text.contains("client_secret") {
            return "Check client_id and client_secret."
        }
        if answer.isSuccess || answer.status == 400 {
            return "Check the fields; a code works once and for a limited time."
        }
        return StatusAdvice.sentence(for: answer, credentials: "client_id and client_secret")
    }
}
