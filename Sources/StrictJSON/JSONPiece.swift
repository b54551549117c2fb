/// A name or a scalar of a JSON text on its way into a layout, with the names around it.
package struct JSONPiece: Sendable {
    package enum Kind: Sendable {
        case name, string, number, literal
    }

    package let kind: Kind
    package let value: JSONValue
    let nameIndex: Int?
    let outerNameIndex: Int?

    /// The nearest member that it is the value of, be it in an array; of a name itself.
    package var name: String? {
        nameIndex.flatMap { JSONValue(document: value.document, index: $0).string }
    }

    /// The name of the member around that one.
    package var outerName: String? {
        outerNameIndex.flatMap { JSONValue(document: value.document, index: $0).string }
    }

    /// As JSON writes it, strings anew.
    package var plainText: String {
        value.string.map(JSONString.quote) ?? value.rawText
    }
}

extension JSONPiece.Kind {
    init(_ kind: JSONDocument.Node.Kind) {
        switch kind {
        case .string: self = .string
        case .number: self = .number
        case .object, .array, .true, .false, .null: self = .literal
        }
    }
}
