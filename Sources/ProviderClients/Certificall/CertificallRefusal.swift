internal import StrictJSON

/// Certificall's error bodies, in the form of NestJS: `{statusCode, message, error}`, the message a text or a list
/// (PROVIDERS.md 4.2).
enum CertificallRefusal {
    static func parse(_ answer: ProviderAnswer) -> ProviderRefusal? {
        guard !answer.isSuccess else { return nil }
        var words = RefusalWords()
        let json = RefusalWords.json(of: answer)
        words.append(textsOf: json?["message"])
        if words.texts.isEmpty { words.append(textsOf: json?["error"]) }
        let isReportToken = words.texts.contains { $0.lowercased().contains("report token") }
        return ProviderRefusal(
            status: answer.status, words: words.texts,
            advice: isReportToken
                ? "Check the reportToken: it is the one given when the link was created."
                : StatusAdvice.sentence(for: answer, credentials: "username and password"))
    }
}
