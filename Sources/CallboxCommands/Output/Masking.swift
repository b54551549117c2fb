internal import Deliveries
internal import Providers

/// Credentials that a delivery carries, hidden in every view. The archive and a replay have them.
enum Masking {
    static let mask = "[masked]"

    /// Words in the name of a header whose value proves or opens something, whoever the provider is.
    private static let headerWords = ["authorization", "cookie", "api-key", "signature", "token", "secret", "password"]

    private static let parameterNames = [
        "token", "access_token", "id_token", "refresh_token", "link_token", "secret", "password",
    ]

    static func value(of field: HeaderField) -> String {
        let name = field.name.lowercased()
        let isSecret =
            headerWords.contains { name.contains($0) } || CallboxCommand.providers.secretHeaders.contains(name)
        return isSecret ? mask : field.value
    }

    /// The target with the values of parameters hidden that are credentials.
    static func target(_ text: String) -> String {
        guard let mark = text.firstIndex(of: "?") else { return text }
        let secretParameters = CallboxCommand.providers.secretParameters
        let items = text[text.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false).map {
            item in
            let name = PercentText.decodeForm(item.utf8.prefix { $0 != UInt8(ascii: "=") })
            let lowercased = name.lowercased()
            let isCredential = parameterNames.contains(lowercased) || secretParameters.contains(lowercased)
            guard isCredential, let equals = item.firstIndex(of: "=") else { return String(item) }
            return item[...equals] + mask
        }
        return text[...mark] + items.joined(separator: "&")
    }
}
