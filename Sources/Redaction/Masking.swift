package import Deliveries

/// Names of secrets in requests of providers, beyond those of `SecretNames`. The names are in lower case.
package struct ProviderSecrets: Sendable {
    let headers: Set<String>
    let parameters: Set<String>

    package init(headers: Set<String> = [], parameters: Set<String> = []) {
        self.headers = headers
        self.parameters = parameters
    }
}

/// Masks credentials in views. The archive and replays keep them.
package enum Masking {
    /// The text that replaces a secret.
    package static let mask = "[masked]"

    package static func value(of field: HeaderField, _ secrets: ProviderSecrets) -> String {
        SecretNames.isSecretHeader(field.name, others: secrets.headers) ? mask : field.value
    }

    /// The target with masked credentials in its query.
    package static func target(_ text: String, _ secrets: ProviderSecrets) -> String {
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else { return text }
        // `text[...mark]` would include a combining character after the mark.
        let query = text.utf8.index(after: mark)
        return text[..<query]
            + items(text[query...]) {
                SecretNames.isSecretParameter($0, others: secrets.parameters)
            }
    }

    /// The text of a query or form, such as `a=1&client_secret=x`, with the values of secret names masked.
    package static func items(_ text: Substring, isSecret: (String) -> Bool) -> String {
        QueryText.masking(text, with: mask, isSecret: isSecret)
    }
}
