internal import Deliveries

/// Credentials that a delivery carries, hidden in every view. The archive and a replay have them.
enum Masking {
    static let mask = "[masked]"

    /// Words in the name of a header whose value proves or opens something, whoever the provider is.
    private static let headerWords = ["authorization", "cookie", "api-key", "signature", "token", "secret", "password"]

    private static let parameterNames = [
        "code", "token", "access_token", "id_token", "refresh_token", "link_token", "secret", "password",
    ]

    static func value(of field: HeaderField) -> String {
        let name = field.name.lowercased()
        return headerWords.contains { name.contains($0) } ? mask : field.value
    }

    /// The target with the values of parameters hidden that are credentials, such as EZiD's `code`.
    static func target(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        let items = text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false).map {
            item in
            let name = PercentText.decodeForm(item.utf8.prefix { $0 != UInt8(ascii: "=") })
            let isCredential = parameterNames.contains { $0.matchesIgnoringASCIICase(name) }
            guard isCredential, let equals = item.firstIndex(of: "=") else { return String(item) }
            return item[...equals] + mask
        }
        return text[...mark] + items.joined(separator: "&")
    }
}
