internal import StrictJSON

/// Centric's error bodies: `{type, errors: [{code, detail, attr}]}` (PROVIDERS.md 2B.2).
enum CertnCentricRejection {
    static func parse(_ response: ProviderResponse) -> ProviderRejection? {
        guard !response.isSuccess else { return nil }
        var words = RejectionWords()
        let json = RejectionWords.json(of: response)
        var code: String?
        let errors = json?["errors"].map { Array($0.elements.prefix(RejectionWords.countLimit)) } ?? []
        for error in errors {
            let detail = error["detail"]?.scalarText ?? error["code"]?.scalarText ?? ""
            let place = error["attr"]?.scalarText ?? ""
            words.append(place.isEmpty || detail.isEmpty ? detail : "\(place): \(detail)")
            code = code ?? error["code"]?.scalarText
        }
        if words.texts.isEmpty { words.append(textsOf: json?["detail"]) }
        return ProviderRejection(
            status: response.status, code: (code ?? json?["type"]?.scalarText).map { String($0.prefix(64)) },
            words: words.texts,
            advice: StatusAdvice.sentence(
                for: response, credentials: "the API key: it lives for 365 days and is good in one region only"))
    }
}
