internal import Deliveries
internal import StrictJSON

/// A provider's error response, with advice.
package struct ProviderRejection: Sendable, Equatable {
    /// The HTTP status.
    package let status: Int
    /// The provider's own error code, such as `4006` or `required`.
    package let code: String?
    /// The provider's error messages: at most 20, of at most 500 characters each.
    package let words: [String]
    /// The advice, in one sentence.
    package let advice: String?

    package init(status: Int, code: String? = nil, words: [String] = [], advice: String? = nil) {
        self.status = status
        self.code = code
        self.words = words
        self.advice = advice
    }

    /// - Parameter credentials: the name of the credentials, for the advice after a 401.
    init(_ response: ProviderResponse, code: String? = nil, words: RejectionWords, advice: String?, credentials: String)
    {
        self.init(
            status: response.status, code: code, words: words.texts,
            advice: advice ?? response.advice(credentials: credentials))
    }
}

extension ProviderRejection: CustomStringConvertible {
    package var description: String {
        let type = code.map { "status \(status), code \($0)" } ?? "status \(status)"
        let said = words.isEmpty ? "." : ": " + words.joined(separator: "; ")
        return "The provider rejected the request (\(type))\(said)"
            + (advice.map { (said.hasSuffix(".") ? " " : ". ") + $0 } ?? "")
    }
}

/// Collects the messages of an error body, limited in number and length.
struct RejectionWords {
    static let countLimit = 20
    static let lengthLimit = 500
    /// The maximum length of an error body in bytes. Longer bodies are ignored.
    static let byteCountLimit = 256 * 1024

    /// The body; nil if it is not JSON.
    let json: JSONValue?
    private(set) var texts: [String] = []

    init(_ response: ProviderResponse) {
        json =
            response.body.count <= Self.byteCountLimit ? (try? JSONDocument(parsing: response.body))?.root : nil
    }

    /// The strings of the first of these members that contains a string or a list of strings.
    init(_ response: ProviderResponse, firstOf names: [String]) {
        self.init(response)
        for name in names where texts.isEmpty {
            append(json?[name]?.scalarText)
            for element in Self.elements(json?[name]) { append(element.scalarText) }
        }
    }

    /// The elements of an array, at most `countLimit`.
    static func elements(_ value: JSONValue?) -> [JSONValue] {
        value.map { Array($0.elements.prefix(countLimit)) } ?? []
    }

    mutating func append(_ text: String?) {
        guard let text, !text.isEmpty, texts.count < Self.countLimit else { return }
        let bounded = text.count <= Self.lengthLimit ? text : String(text.prefix(Self.lengthLimit - 1)) + "…"
        if !texts.contains(bounded) { texts.append(bounded) }
    }

    /// Adds every text, preceded by its path: `information.addresses: This field is required.` Uses a list instead of
    /// recursion, because the provider chooses the depth.
    ///
    /// - Parameter unnamed: names to omit from paths.
    mutating func appendAll(leavingOut unnamed: Set<String>) {
        guard let json else { return }
        var waiting: [(path: String, value: JSONValue)] = [("", json)]
        while let (path, value) = waiting.popLast(), texts.count < Self.countLimit {
            if let text = value.scalarText {
                append(path.isEmpty ? text : "\(path): \(text)")
                continue
            }
            var inner: [(String, JSONValue)] = value.members.map { member in
                let name =
                    unnamed.contains(member.name) ? path : path.isEmpty ? member.name : "\(path).\(member.name)"
                return (String(name.prefix(Self.lengthLimit)), member.value)
            }
            for (position, element) in value.elements.enumerated() {
                inner.append((element.scalarText == nil ? "\(path)[\(position)]" : path, element))
            }
            waiting += inner.reversed()
        }
    }

    func contains(_ text: String) -> Bool {
        texts.contains { $0.lowercased().contains(text) }
    }
}

extension ProviderResponse {
    /// Advice for the status. Used if there is none for the provider's error code.
    fileprivate func advice(credentials: String) -> String? {
        switch status {
        case 300...399: "The API redirects to another URL. Correct the API's URL, because redirects are not followed."
        case 400, 422: "Correct the fields that the provider names."
        case 401: "Check \(credentials)."
        case 403: "Ask the provider to allow this call for the account, or check that the account belongs to this host."
        case 404: "Check the identifier and the URL of the API."
        case 409: "The same call was made before with other content; use a new identifier."
        case 410: "The provider has disabled this API call; use its replacement."
        case 429:
            headers.onlyValue(named: "Retry-After").flatMap { DecimalText.nonNegative(Array($0.utf8)) }
                .map { "Too many calls; try again in \($0) seconds." } ?? "Too many calls; try again later."
        case 500...599: "The provider failed; try again later."
        default: nil
        }
    }
}
