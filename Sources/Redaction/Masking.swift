package import Deliveries

/// The names under which requests of the known providers carry secrets, besides those of `SecretNames`. In lower case.
package struct ProviderSecrets: Sendable {
    let headers: Set<String>
    let parameters: Set<String>

    package init(headers: Set<String> = [], parameters: Set<String> = []) {
        self.headers = headers
        self.parameters = parameters
    }
}

/// Credentials that a delivery carries, hidden in every view. The archive and a replay have them.
package enum Masking {
    /// What stands where a secret was.
    package static let mask = "[masked]"

    package static func value(of field: HeaderField, _ secrets: ProviderSecrets) -> String {
        SecretNames.isSecretHeader(field.name, others: secrets.headers) ? mask : field.value
    }

    /// The target with the values of parameters hidden that are credentials.
    package static func target(_ text: String, _ secrets: ProviderSecrets) -> String {
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else { return text }
        return text[...mark]
            + items(text[text.utf8.index(after: mark)...]) {
                SecretNames.isSecretParameter($0, others: secrets.parameters)
            }
    }

    /// `a=1&client_secret=x` with the values hidden whose names are secret.
    package static func items(_ text: Substring, isSecret: (String) -> Bool) -> String {
        QueryText.masking(text, with: mask, isSecret: isSecret)
    }
}
