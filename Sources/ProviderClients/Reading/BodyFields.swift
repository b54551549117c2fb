internal import StrictJSON

/// The members of a body in the documented order; what is nil is left out.
struct BodyFields {
    private(set) var members: [JSONText.Member] = []

    var json: JSONText { .object(members) }
    var isEmpty: Bool { members.isEmpty }

    mutating func add(_ name: String, _ value: JSONText?) {
        if let value { members.append(JSONText.Member(name, value)) }
    }

    mutating func add(_ name: String, _ text: String?) {
        add(name, text.map { .string($0) })
    }

    mutating func add(_ name: String, _ credential: Credential) {
        add(name, .string(credential.text))
    }

    mutating func add(_ name: String, _ value: Bool?) {
        add(name, value.map { .boolean($0) })
    }

    mutating func add(_ name: String, _ value: Int64?) {
        add(name, value.map { .integer($0) })
    }

    mutating func add(_ name: String, _ texts: [String]) {
        if !texts.isEmpty { add(name, .array(texts.map { .string($0) })) }
    }

    /// Free members after the documented ones. Throws `badInput` for a name that is there already.
    mutating func add(_ more: FreeObject?) throws(ProviderCallFailure) {
        if let more { members += try more.members(beside: members) }
    }
}
