/// A provider's no: its own words, and what to do about it.
package struct ProviderRejection: Sendable, Equatable {
    /// The HTTP status.
    package let status: Int
    /// The provider's own code, such as `4006` or `required`.
    package let code: String?
    /// What the provider said, in its words: at most 20 texts of at most 500 characters.
    package let words: [String]
    /// One sentence that says what to do.
    package let advice: String?

    package init(status: Int, code: String? = nil, words: [String] = [], advice: String? = nil) {
        self.status = status
        self.code = code
        self.words = words
        self.advice = advice
    }
}

extension ProviderRejection: CustomStringConvertible {
    package var description: String {
        let type = code.map { "status \(status), code \($0)" } ?? "status \(status)"
        let said = words.isEmpty ? "." : ": " + words.joined(separator: "; ")
        return "The provider rejected (\(type))\(said)" + (advice.map { (said.hasSuffix(".") ? " " : ". ") + $0 } ?? "")
    }
}
