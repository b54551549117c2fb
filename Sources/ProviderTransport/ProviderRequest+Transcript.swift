internal import Deliveries
package import Providers
internal import Redaction
internal import StrictJSON

extension ProviderRequest {
    /// The call as text: request line, header lines and formatted JSON, with credentials masked.
    ///
    /// Identifiers that the caller chose (reportToken, magicLinkToken, client_id, tax IDs) are not masked.
    package var transcript: String {
        var lines = ["\(method) \(Self.masked(url: url))"]
        lines += headers.map { "\($0.name): \(Self.masked(header: $0))" }
        if needsAccessToken { lines.append("Authorization: Bearer \(Masking.mask)") }
        guard !body.isEmpty else { return lines.joined(separator: "\n") }
        return lines.joined(separator: "\n") + "\n\n" + maskedBody
    }

    private var maskedBody: String {
        if let document = try? JSONDocument(parsing: body) {
            return JSONMasking.mask(JSONPrettyPrinter.print(document))
        }
        return Masking.items(String(decoding: body, as: UTF8.self)[...], isSecret: SecretNames.isSecretInCall)
    }

    private static func masked(header: HeaderField) -> String {
        guard header.name.matchesIgnoringASCIICase("Authorization") else {
            return SecretNames.isSecretInCall(header.name) ? Masking.mask : header.value
        }
        let scheme = header.value.prefix { $0 != " " }
        return scheme.count < header.value.count ? "\(scheme) \(Masking.mask)" : Masking.mask
    }

    private static func masked(url: String) -> String {
        guard let mark = url.firstIndex(of: "?") else { return url }
        return url[...mark] + Masking.items(url[url.index(after: mark)...], isSecret: SecretNames.isSecretInCall)
    }
}
