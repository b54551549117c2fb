internal import StrictJSON

/// Collects what a provider says in an error body, within bounds.
struct RejectionWords {
    static let countLimit = 20
    static let lengthLimit = 500
    /// Error bodies that are longer are not read.
    static let byteCountLimit = 256 * 1024

    private(set) var texts: [String] = []

    mutating func append(_ text: String?) {
        guard let text, !text.isEmpty, texts.count < Self.countLimit, !texts.contains(text.bounded) else { return }
        texts.append(text.bounded)
    }

    /// A text, or every text of a list.
    mutating func append(textsOf value: JSONValue?) {
        guard let value else { return }
        append(value.scalarText)
        for element in value.elements {
            guard texts.count < Self.countLimit else { return }
            append(element.scalarText)
        }
    }

    /// Every text in the value after the way to it: `information.addresses: This field is required.` Walks with a list of
    /// its own, so nesting costs no stack; names in `plain` are no part of the way.
    mutating func append(flattening value: JSONValue, leavingOut plain: Set<String> = []) {
        var waiting: [(way: String, value: JSONValue)] = [("", value)]
        while let (way, value) = waiting.popLast(), texts.count < Self.countLimit {
            if let text = value.scalarText {
                append(way.isEmpty ? text : "\(way): \(text)")
                continue
            }
            var inner: [(String, JSONValue)] = []
            for member in value.members {
                let isPlain = plain.contains(member.name)
                let name = isPlain ? way : way.isEmpty ? member.name : "\(way).\(member.name)"
                inner.append((String(name.prefix(Self.lengthLimit)), member.value))
            }
            for (position, element) in value.elements.enumerated() {
                inner.append((element.scalarText == nil ? "\(way)[\(position)]" : way, element))
            }
            waiting += inner.reversed()
        }
    }

    /// The JSON of an error body; nil for anything else and for what is too long.
    static func json(of response: ProviderResponse) -> JSONValue? {
        guard response.body.count <= byteCountLimit else { return nil }
        return try? JSONDocument(parsing: response.body).root
    }
}

extension String {
    fileprivate var bounded: String {
        count <= RejectionWords.lengthLimit ? self : String(prefix(RejectionWords.lengthLimit - 1)) + "…"
    }
}
