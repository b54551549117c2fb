internal import StrictJSON

/// A JSON value whose members stay in the order they were written in, so that a body has the provider's own layout.
package enum JSON: Sendable, Equatable {
    case object([Member])
    case array([JSON])
    case string(String)
    /// Written as it stands here: `1800`, `0.5`.
    case number(String)
    case bool(Bool)
    case null

    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// Reads a text, members in their order and numbers as they are spelt. Nil for anything that is not JSON in UTF-8.
    package init?(parsing bytes: [UInt8]) {
        guard String(validating: bytes, as: UTF8.self) != nil, let document = try? JSONDocument(parsing: bytes) else {
            return nil
        }
        self.init(document.root)
    }

    /// Of members with the same name the last one counts, in the place of the first, as in JavaScript.
    private init(_ value: JSONValue) {
        switch value.kind {
        case .object:
            var places: [String: Int] = [:]
            var members: [Member] = []
            for read in value.members {
                let member = Member(read.name, JSON(read.value))
                if let place = places[member.name] {
                    members[place] = member
                } else {
                    places[member.name] = members.count
                    members.append(member)
                }
            }
            self = .object(members)
        case .array: self = .array(value.elements.map { JSON($0) })
        case .string: self = .string(value.string ?? "")
        case .number: self = .number(value.rawText)
        case .boolean: self = .bool(value.boolean == true)
        case .null: self = .null
        }
    }

    /// The order of members says nothing about what an object is (RFC 8259 §4).
    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            left.count == right.count
                && zip(left.sorted { $0.name < $1.name }, right.sorted { $0.name < $1.name }).allSatisfy(==)
        case (.array(let left), .array(let right)): left == right
        case (.string(let left), .string(let right)), (.number(let left), .number(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }

    /// The text, in UTF-8, without white space.
    package var bytes: [UInt8] {
        var text = ""
        write(to: &text)
        return Array(text.utf8)
    }

    private func write(to text: inout String) {
        switch self {
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.name, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text)
            }
            text += "]"
        case .string(let string): Self.write(string, to: &text)
        case .number(let digits): text += digits
        case .bool(let flag): text += flag ? "true" : "false"
        case .null: text += "null"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .number(String(value)) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    package static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    /// Null where there is none.
    package static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
}

extension JSON {
    /// The member of an object with this name.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    package var elements: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A whole number.
    package var integer: Int? {
        guard case .number(let digits) = self else { return nil }
        return Int(digits)
    }

    package var bool: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }

    /// The same object with a member put in the place of the one with this name, or at the end.
    package func setting(_ name: String, _ value: JSON) -> JSON {
        guard case .object(var members) = self else { return self }
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index] = Member(name, value)
        } else {
            members.append(Member(name, value))
        }
        return .object(members)
    }
}
