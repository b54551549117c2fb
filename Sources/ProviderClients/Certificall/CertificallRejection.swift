internal import StrictJSON

/// Certificall's error bodies, in the form of NestJS: `{statusCode, message, error}`, the message a text or a list
/// (PROVIDERS.md 4.2).
enum CertificallRejection {
    static func parse(_ response: ProviderResponse) -> ProviderRejection? {
        guard !response.isSuccess else { return nil }
        var words = RejectionWords()
        let json = RejectionWords.json(of: response)
        words.append(textsOf: json?["message"])
        if words.texts.isEmpty { words.append(textsOf: json?["error"]) }
        let isReportToken = words.texts.contains { $0.lowercased().contains("report token") }
        return ProviderRejection(
            status: response.status, words: words.texts,
            advice: isReportToken
                ? "Check the reportToken: it is the one given when the link was created."
                : StatusAdvice.sentence(for: response, credentials: "username and password"))
    }
}
