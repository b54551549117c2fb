internal import StrictJSON

/// A JSON value in a body. The members of an object keep their order, because bodies must have the provider's layout.
typealias JSON = JSONText

extension JSON {
    /// Parses a text. Numbers keep their spelling. Nil for a text that is not JSON in UTF-8.
    init?(parsing bytes: [UInt8]) {
        guard String(validating: bytes, as: UTF8.self) != nil, let document = try? JSONDocument(parsing: bytes) else {
            return nil
        }
        self.init(document.root)
    }

    /// Recursion is safe here, because the scanner has limited the depth to 512 levels.
    private init(_ value: JSONValue) {
        switch value.kind {
        case .object: self = .object(value.members.map { Member($0.name, JSON($0.value)) })
        case .array: self = .array(value.elements.map { JSON($0) })
        case .string: self = .string(value.string ?? "")
        case .number: self = .number(spelled: value.rawText)
        case .boolean: self = .boolean(value.boolean == true)
        case .null: self = .null
        }
    }

    /// A number. Whole numbers become `.integer`; other numbers keep their spelling, such as `1.50` and `1e5`.
    static func number(spelled text: String) -> JSON {
        if let integer = Int64(text), String(integer) == text { return .integer(integer) }
        return .raw(text)
    }

    static func integer(_ value: Int) -> JSON { .integer(Int64(value)) }

    var bytes: [UInt8] { Array(compact.utf8) }
}

extension JSON {
    subscript(name: String) -> JSON? {
        members?.last { $0.name == name }?.value
    }

    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    var elements: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var integer: Int? {
        guard case .integer(let value) = self else { return nil }
        return Int(value)
    }

    var boolean: Bool? {
        guard case .boolean(let value) = self else { return nil }
        return value
    }

    /// The text of a string, or the spelling of a number or Boolean.
    var scalar: String? {
        switch self {
        case .string(let text): text
        case .object, .array, .null: nil
        default: compact
        }
    }

    /// The object with an additional member. Replaces a member that has the same name, or adds the member at the end.
    func setting(_ name: String, _ value: JSON) -> JSON {
        var members = members ?? []
        if let index = members.lastIndex(where: { $0.name == name }) {
            members[index] = Member(name, value)
        } else {
            members.append(Member(name, value))
        }
        return .object(members)
    }

    /// The object with the members of another object, which replace members of the same names.
    func merging(_ other: JSON) -> JSON {
        (other.members ?? []).reduce(self) { $0.setting($1.name, $1.value) }
    }
}

extension JSONText: ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(nilLiteral: ()) { self = .null }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
