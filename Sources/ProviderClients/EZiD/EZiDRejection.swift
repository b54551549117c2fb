internal import StrictJSON

/// EZiD's error bodies: `{success: false, reason}`, whatever the status says (PROVIDERS.md 3.2 and 6, default 24).
enum EZiDRejection {
    static func parse(_ response: ProviderResponse) -> ProviderRejection? {
        let json = RejectionWords.json(of: response)
        let isFailure = json?["success"]?.scalarText == "false"
        guard isFailure || !response.isSuccess else { return nil }
        var words = RejectionWords()
        words.append(textsOf: json?["reason"])
        if words.texts.isEmpty { words.append(textsOf: json?["message"]) }
        if words.texts.isEmpty { words.append(textsOf: json?["error"]) }
        return ProviderRejection(
            status: response.status, words: words.texts, advice: advice(for: response, words.texts))
    }

    private static func advice(for response: ProviderResponse, _ words: [String]) -> String? {
        let text = words.joined(separator: " ").lowercased()
        if text.contains("client secret") || text.contains("client id") || text.contains("client_secret") {
            return "Check client_id and client_secret."
        }
        if response.isSuccess || response.status == 400 {
            return "Check the fields; a code works once and for a limited time."
        }
        return StatusAdvice.sentence(for: response, credentials: "client_id and client_secret")
    }
}
