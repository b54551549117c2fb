/// A name or scalar to be laid out by `JSONPrettyPrinter`, with the names of the members that contain it.
package struct JSONPiece: Sendable {
    package enum Kind: Sendable {
        case name, string, number, literal

        init(_ kind: JSONValue.Kind) {
            switch kind {
            case .string: self = .string
            case .number: self = .number
            case .object, .array, .boolean, .null: self = .literal
            }
        }
    }

    /// The indexes of the nodes of two names.
    struct Names: Sendable {
        var inner: Int?
        var outer: Int?
    }

    package let kind: Kind
    package let value: JSONValue
    let names: Names

    /// The name, if this piece is a name; otherwise the name of the nearest member that contains the value.
    package var name: String? { text(names.inner) }

    /// The name of the member that contains the member `name`.
    package var outerName: String? { text(names.outer) }

    private func text(_ index: Int?) -> String? {
        index.flatMap { JSONValue(document: value.document, index: $0).string }
    }

    /// The JSON text. Strings are escaped again, so the text contains no control characters.
    package var plainText: String { value.string.map(JSONString.quote) ?? value.rawText }
}
