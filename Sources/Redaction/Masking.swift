package import Deliveries

/// Credentials that a delivery carries, hidden in every view. The archive and a replay have them.
package enum Masking {
    /// What stands where a secret was.
    package static let mask = "[masked]"

    /// - Parameter secretHeaders: those of the providers, in lower case.
    package static func value(of field: HeaderField, secretHeaders: Set<String>) -> String {
        SecretNames.isSecretHeader(field.name, others: secretHeaders) ? mask : field.value
    }

    /// The target with the values of parameters hidden that are credentials.
    ///
    /// - Parameter secretParameters: those of the providers, in lower case.
    package static func target(_ text: String, secretParameters: Set<String>) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        return text[...mark]
            + items(text[text.index(after: mark)...]) { SecretNames.isSecretParameter($0, others: secretParameters) }
    }

    /// `a=1&client_secret=x` with the values hidden whose names are secret.
    package static func items(_ text: Substring, isSecret: (String) -> Bool) -> String {
        text.split(separator: "&", omittingEmptySubsequences: false).map { item in
            guard let equals = item.firstIndex(of: "="), isSecret(PercentText.decodeForm(item[..<equals].utf8)) else {
                return String(item)
            }
            return item[...equals] + mask
        }.joined(separator: "&")
    }
}
