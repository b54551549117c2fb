/// A name or scalar that `JSONPrettyPrinter` lays out, with the names that contain it.
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

    /// Indexes of nodes.
    struct Names: Sendable {
        var inner: Int?
        var outer: Int?
    }

    package let kind: Kind
    package let value: JSONValue
    let names: Names

    /// The name itself, or the name of the nearest member that contains the value.
    package var name: String? { text(names.inner) }

    /// The name of the member that contains the member `name`.
    package var outerName: String? { text(names.outer) }

    private func text(_ index: Int?) -> String? {
        index.flatMap { JSONValue(document: value.document, index: $0).string }
    }

    /// The JSON text; strings are escaped again, so the text has no control characters.
    package var plainText: String { value.string.map(JSONString.quote) ?? value.rawText }
}
