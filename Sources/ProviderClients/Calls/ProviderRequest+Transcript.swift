internal import Deliveries
internal import StrictJSON

extension ProviderRequest {
    /// The call as a person may see it: request line, header lines, laid-out JSON; of credentials only that they are there.
    ///
    /// Identifiers that the caller chose or typed (reportToken, magicLinkToken, client_id, tax ids) stay readable.
    package var transcript: String {
        var lines = ["\(method) \(Self.masked(url: url))"]
        lines += headers.map { "\($0.name): \(Self.masked(header: $0))" }
        if needsAccessToken { lines.append("Authorization: Bearer \(SecretNames.mask)") }
        guard !body.isEmpty else { return lines.joined(separator: "\n") }
        return lines.joined(separator: "\n") + "\n\n" + maskedBody
    }

    private var maskedBody: String {
        if let document = try? JSONDocument(parsing: body) {
            return JSONMasking.mask(JSONPrettyPrinter.print(document))
        }
        return Self.masked(items: String(decoding: body, as: UTF8.self))
    }

    private static func masked(header: HeaderField) -> String {
        guard header.name.matchesIgnoringASCIICase("Authorization") else {
            return SecretNames.contains(header.name) ? SecretNames.mask : header.value
        }
        let scheme = header.value.prefix { $0 != " " }
        return scheme.count < header.value.count ? "\(scheme) \(SecretNames.mask)" : SecretNames.mask
    }

    private static func masked(url: String) -> String {
        guard let mark = url.firstIndex(of: "?") else { return url }
        return url[...mark] + masked(items: String(url[url.index(after: mark)...]))
    }

    /// `a=1&client_secret=x` with what is secret hidden.
    private static func masked(items: String) -> String {
        items.split(separator: "&", omittingEmptySubsequences: false).map { item in
            let name = item.prefix { $0 != "=" }
            let isSecret = SecretNames.contains(PercentText.decodeForm(Array(name.utf8))) && name.count < item.count
            return isSecret ? "\(name)=\(SecretNames.mask)" : String(item)
        }.joined(separator: "&")
    }
}
