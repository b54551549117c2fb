/// Formats JSON text on several lines, indented by two spaces per level. Does not change numbers and literals.
package enum JSONPrettyPrinter {
    /// The formatted text of `document`. Strings are escaped again, so the text contains no control characters.
    package static func print(_ document: JSONDocument) -> String {
        var text = ""
        forEachLine(of: document.root, render: \.plainText) { text += text.isEmpty ? $0 : "\n" + $0 }
        return text
    }

    /// Formats a value and passes the text line by line, without storing it. Iterative, like `JSONScanner`.
    ///
    /// - Parameter render: returns the text of a name or scalar, on one line.
    package static func forEachLine(
        of value: JSONValue, render: (JSONPiece) -> String, _ body: (String) throws -> Void
    ) rethrows {
        var levels: [Level] = []
        var line = ""
        var next = Optional((value: value, names: JSONPiece.Names()))
        while next != nil || !levels.isEmpty {
            if let (value, names) = next {
                next = nil
                if value.kind == .object || value.kind == .array {
                    line += value.kind == .object ? "{" : "["
                    levels.append(
                        Level(children: JSONChildren(of: value), isObject: value.kind == .object, names: names))
                } else {
                    line += render(JSONPiece(kind: JSONPiece.Kind(value.kind), value: value, names: names))
                }
            } else if let (member, value) = levels[levels.count - 1].children.next() {
                var names = levels[levels.count - 1].names
                try body(levels[levels.count - 1].isEmpty ? line : line + ",")
                levels[levels.count - 1].isEmpty = false
                line = indentation(levels.count)
                if let member {
                    names = JSONPiece.Names(inner: member.nameValue.index, outer: names.inner)
                    line += render(JSONPiece(kind: .name, value: member.nameValue, names: names)) + ": "
                }
                next = (value, names)
            } else {
                let level = levels.removeLast()
                if !level.isEmpty {
                    try body(line)
                    line = indentation(levels.count)
                }
                line += level.isObject ? "}" : "]"
            }
        }
        try body(line)
    }

    private struct Level {
        var children: JSONChildren
        let isObject: Bool
        let names: JSONPiece.Names
        var isEmpty = true
    }

    private static func indentation(_ depth: Int) -> String {
        String(repeating: "  ", count: depth)
    }
}
