package import Deliveries

/// The names of secrets in a provider's requests, in addition to those of `SecretNames`. All names are in lower case.
package struct ProviderSecrets: Sendable {
    let headers: Set<String>
    let parameters: Set<String>

    package init(headers: Set<String> = [], parameters: Set<String> = []) {
        self.headers = headers
        self.parameters = parameters
    }
}

/// Masks credentials in views. The archive and replays contain the credentials unmasked.
package enum Masking {
    /// The text that replaces a secret.
    package static let mask = "[masked]"

    /// The value of a header, or the mask if the header is secret. In other headers, such as `Referer`, only the
    /// credentials of URLs are masked.
    package static func value(of field: HeaderField, _ secrets: ProviderSecrets) -> String {
        guard !SecretNames.isSecretHeader(field.name, others: secrets.headers) else { return mask }
        return field.value.hasPrefix("http") ? target(field.value, secrets) : userInfo(field.value)
    }

    /// Masks the credentials in a target: those in its query, and the user name and password before its host.
    package static func target(_ text: String, _ secrets: ProviderSecrets) -> String {
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else { return userInfo(text) }
        // `text[...mark]` would include a combining character after the mark.
        let query = text.utf8.index(after: mark)
        let masked = items(text[query...]) { SecretNames.isSecretParameter($0, others: secrets.parameters) }
        // Masks each item separately, because a user name may contain `&`.
        return userInfo(String(text[..<query]))
            + masked.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
            .map { userInfo(String(Substring($0))) }.joined(separator: "&")
    }

    /// The text with the user names and passwords in URLs masked.
    static func userInfo(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        let bytes = Array(text.utf8)
        let ranges = PersonalTexts.userInfo(in: bytes)
        return ranges.isEmpty ? text : String(decoding: bytes.replacing(ranges) { _ in mask }, as: UTF8.self)
    }

    /// The text of a query or form, such as `a=1&client_secret=x`, with the values of secret names masked.
    package static func items(_ text: Substring, isSecret: (String) -> Bool) -> String {
        QueryText.masking(text, with: mask, isSecret: isSecret)
    }
}
