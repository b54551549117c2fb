/// Lays a JSON text out over lines, two spaces a level, values exactly as they stand.
package enum JSONPrettyPrinter {
    /// The layout of `document`. Strings are written anew, so that no control character of the text comes through.
    package static func print(_ document: JSONDocument) -> String {
        var text = ""
        forEachLine(of: document.root, render: \.plainText) { text += text.isEmpty ? $0 : "\n" + $0 }
        return text
    }

    /// Hands the layout of a value over line by line, without keeping it. Iterative like the scanner.
    ///
    /// - Parameter render: what stands for a name or a scalar; has to be on one line.
    package static func forEachLine(
        of value: JSONValue, render: (JSONPiece) -> String, _ body: (String) throws -> Void
    ) rethrows {
        let document = value.document
        let end = document.nodes.indices.contains(value.index) ? document.nodes[value.index].next : value.index
        var levels: [Level] = []
        var line = ""
        var index = value.index
        var memberName: Int?
        while index < end {
            while let level = levels.last, index >= level.end { try close(&levels, level, &line, body) }
            let node = document.nodes[index]
            if memberName == nil, let last = levels.indices.last {
                try body(levels[last].count == 0 ? line : line + ",")
                line = indentation(levels.count)
                levels[last].count += 1
                if levels[last].isObject {
                    line += render(piece(.name, index, document, levels, memberName: index)) + ": "
                    memberName = index
                    index += 1
                    continue
                }
            }
            let found = piece(JSONPiece.Kind(node.kind), index, document, levels, memberName: memberName)
            memberName = nil
            if node.kind == .object || node.kind == .array {
                let isObject = node.kind == .object
                line += isObject ? "{" : "["
                levels.append(
                    Level(
                        end: node.next, closing: isObject ? "}" : "]", isObject: isObject, name: found.nameIndex,
                        outerName: found.outerNameIndex))
            } else {
                line += render(found)
            }
            index += 1
        }
        while let level = levels.last { try close(&levels, level, &line, body) }
        try body(line)
    }

    private struct Level {
        let end: Int
        let closing: String
        let isObject: Bool
        /// Of the nearest member that this is in, and of the one around that.
        let name: Int?
        let outerName: Int?
        var count = 0
    }

    private static func piece(
        _ kind: JSONPiece.Kind, _ index: Int, _ document: JSONDocument, _ levels: [Level], memberName: Int?
    ) -> JSONPiece {
        JSONPiece(
            kind: kind, value: JSONValue(document: document, index: index), nameIndex: memberName ?? levels.last?.name,
            outerNameIndex: memberName == nil ? levels.last?.outerName : levels.last?.name)
    }

    private static func close(
        _ levels: inout [Level], _ level: Level, _ line: inout String, _ body: (String) throws -> Void
    ) rethrows {
        levels.removeLast()
        if level.count > 0 {
            try body(line)
            line = indentation(levels.count)
        }
        line += level.closing
    }

    private static func indentation(_ depth: Int) -> String {
        String(repeating: "  ", count: depth)
    }
}
