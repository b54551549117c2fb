internal import Providers
internal import StrictJSON
internal import Yams

/// Reads the description of a source of the provider `generic` or `standard-webhooks`.
enum GenericSection {
    private static let readingKeys = ["type", "id", "time", "external-info", "fields"]
    private static let signatureKeys = [
        "header", "prefix", "elements", "algorithm", "encoding", "signed", "timestamp-header", "id-header",
        "secret-format",
    ]

    /// The additional keys of these sources. For Standard Webhooks the keys do not include `signature`, because the
    /// specification defines the signature.
    static func keys(_ providerName: String) -> [String] {
        providerName == "generic" ? readingKeys + ["signature"] : readingKeys
    }

    static func read(_ section: YAMLMapping, providerName: String) -> GenericProvider {
        let isStandard = providerName == "standard-webhooks"
        let scheme = isStandard ? HMACScheme.standardWebhooks : signature(section)
        var reading = GenericReading(type: reference(section, "type") ?? (isStandard ? .init("$.type") : nil))
        reading.id = reference(section, "id") ?? (isStandard ? .header("webhook-id") : nil)
        reading.time = reference(section, "time") ?? (isStandard ? .init("$.timestamp") : nil)
        reading.externalInfo = section.value("external-info", "a path such as $.metadata", JSONPath.init)
        for node in section.list("fields") {
            if let path = node.string.flatMap(JSONPath.init) {
                reading.fields.append(path)
            } else {
                section.reject("fields", "has '\(node.string ?? "")', which is not a path such as $.data.id")
            }
        }
        return GenericProvider(name: providerName, scheme: scheme, reading: reading)
    }

    private static func reference(_ section: YAMLMapping, _ key: String) -> GenericReading.Reference? {
        section.value(key, "a path such as $.type or a header such as header:X-Event", GenericReading.Reference.init)
    }

    private static func signature(_ section: YAMLMapping) -> HMACScheme? {
        guard let signature = section.mapping("signature") else { return nil }
        signature.rejectUnknownKeys(signatureKeys)
        let header = signature.text("header")
        if header == nil { signature.reject("header", "is required") }
        var scheme = HMACScheme(header: header ?? "")
        scheme.layout = .list(prefix: signature.text("prefix") ?? "")
        if let elements = signature.mapping("elements") {
            elements.rejectUnknownKeys(["time", "signature"])
            if let time = elements.text("time"), let name = elements.text("signature") {
                scheme.layout = .elements(time: time, signature: name)
            } else {
                signature.reject("elements", "needs both 'time' and 'signature', for example t and v1")
            }
        }
        scheme.algorithm = choice(signature, "algorithm") ?? scheme.algorithm
        scheme.encoding = choice(signature, "encoding") ?? scheme.encoding
        scheme.secretFormat = choice(signature, "secret-format") ?? scheme.secretFormat
        scheme.timestampHeader = signature.text("timestamp-header")
        scheme.idHeader = signature.text("id-header")
        scheme.signed =
            signature.value(
                "signed", "text with {body} exactly once, and optionally {timestamp} and {id}", signedParts)
            ?? scheme.signed
        rejectMissingParts(scheme, signature)
        return scheme
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ section: YAMLMapping, _ key: String
    ) -> Choice? where Choice.RawValue == String {
        section.value(key, "one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))") { Choice(rawValue: $0) }
    }

    /// Splits a string such as `{timestamp}.{body}` into its parts.
    static func signedParts(_ text: String) -> [HMACScheme.Part]? {
        let names: [(String, HMACScheme.Part)] = [("{body}", .body), ("{timestamp}", .timestamp), ("{id}", .id)]
        var parts: [HMACScheme.Part] = []
        var literal = ""
        var rest = text[...]
        while let character = rest.first {
            if let (name, part) = names.first(where: { rest.hasPrefix($0.0) }) {
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                parts.append(part)
                rest = rest.dropFirst(name.count)
            } else {
                literal.append(character)
                rest = rest.dropFirst()
            }
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        return parts.filter { $0 == .body }.count == 1 ? parts : nil
    }

    private static func rejectMissingParts(_ scheme: HMACScheme, _ signature: YAMLMapping) {
        var hasTime = scheme.timestampHeader != nil
        if case .elements = scheme.layout { hasTime = true }
        if scheme.signed.contains(.timestamp), !hasTime {
            signature.reject("signed", "contains {timestamp}, so 'timestamp-header' or 'elements' is required")
        }
        if scheme.signed.contains(.id), scheme.idHeader == nil {
            signature.reject("signed", "contains {id}, so 'id-header' is required")
        }
        for (key, header) in [("timestamp-header", scheme.timestampHeader), ("id-header", scheme.idHeader)] {
            guard let header, header.lowercased() == scheme.header.lowercased() else { continue }
            signature.reject(key, "is already the header of the signature; use a different header")
        }
    }
}
