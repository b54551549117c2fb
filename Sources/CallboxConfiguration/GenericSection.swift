internal import Providers
internal import StrictJSON
internal import Yams

/// Reads what a source of the provider `generic` or `standard-webhooks` says of itself.
enum GenericSection {
    private static let readingKeys = ["type", "id", "time", "external-info", "fields"]
    private static let signatureKeys = [
        "header", "prefix", "elements", "algorithm", "encoding", "signed", "timestamp-header", "id-header",
        "secret-format",
    ]

    /// The keys beside those of every source. How Standard Webhooks are signed is fixed.
    static func keys(_ providerName: String) -> [String] {
        providerName == "generic" ? readingKeys + ["signature"] : readingKeys
    }

    static func read(_ section: YAMLMapping, providerName: String) throws(ConfigurationError) -> GenericProvider {
        let isStandard = providerName == "standard-webhooks"
        let scheme = isStandard ? HMACScheme.standardWebhooks : try signature(section)
        var reading = GenericReading(type: try reference(section, "type") ?? (isStandard ? .init("$.type") : nil))
        reading.id = try reference(section, "id") ?? (isStandard ? .header("webhook-id") : nil)
        reading.time = try reference(section, "time") ?? (isStandard ? .init("$.timestamp") : nil)
        reading.externalInfo = try section.value("external-info", "a path such as $.metadata", JSONPath.init)
        for node in try section.list("fields") {
            guard let path = node.string.flatMap(JSONPath.init) else {
                throw section.invalid("fields", "has '\(node.string ?? "")', which is no path such as $.data.id")
            }
            reading.fields.append(path)
        }
        return GenericProvider(name: providerName, scheme: scheme, reading: reading)
    }

    private static func reference(_ section: YAMLMapping, _ key: String) throws(ConfigurationError) -> GenericReading
        .Reference?
    {
        try section.value(
            key, "a path such as $.type or a header such as header:X-Event", GenericReading.Reference.init)
    }

    private static func signature(_ section: YAMLMapping) throws(ConfigurationError) -> HMACScheme? {
        guard let signature = try section.mapping("signature") else { return nil }
        try signature.rejectUnknownKeys(signatureKeys)
        guard let header = try signature.text("header") else { throw signature.invalid("header", "is needed") }
        var scheme = HMACScheme(header: header)
        scheme.layout = .list(prefix: try signature.text("prefix") ?? "")
        if let elements = try signature.mapping("elements") {
            try elements.rejectUnknownKeys(["time", "signature"])
            guard let time = try elements.text("time"), let name = try elements.text("signature") else {
                throw signature.invalid("elements", "needs the names of 'time' and 'signature', such as t and v1")
            }
            scheme.layout = .elements(time: time, signature: name)
        }
        scheme.algorithm = try choice(signature, "algorithm") ?? scheme.algorithm
        scheme.encoding = try choice(signature, "encoding") ?? scheme.encoding
        scheme.secretFormat = try choice(signature, "secret-format") ?? scheme.secretFormat
        scheme.timestampHeader = try signature.text("timestamp-header")
        scheme.idHeader = try signature.text("id-header")
        scheme.signed =
            try signature.value("signed", "made of {body}, {timestamp}, {id} and text, with {body} once", signedParts)
            ?? scheme.signed
        try rejectMissingParts(scheme, signature)
        return scheme
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ section: YAMLMapping, _ key: String
    ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return try section.value(key, "one of \(words)") { Choice(rawValue: $0) }
    }

    /// `{timestamp}.{body}` as its parts.
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

    private static func rejectMissingParts(_ scheme: HMACScheme, _ signature: YAMLMapping) throws(ConfigurationError) {
        var hasTime = scheme.timestampHeader != nil
        if case .elements = scheme.layout { hasTime = true }
        guard !scheme.signed.contains(.timestamp) || hasTime else {
            throw signature.invalid(
                "signed", "has {timestamp}, so 'timestamp-header' or 'elements' has to say where it stands")
        }
        guard !scheme.signed.contains(.id) || scheme.idHeader != nil else {
            throw signature.invalid("signed", "has {id}, so 'id-header' has to say where it stands")
        }
    }
}
