/// Lays a JSON text out over lines, two spaces a level, values exactly as they stand.
package enum JSONPrettyPrinter {
    private struct Level {
        let end: Int
        let closing: String
        let isObject: Bool
        var count = 0
    }

    /// The layout of `document`. Iterative like the scanner; strings are written anew, so that no control character of the
    /// text comes through.
    package static func print(_ document: JSONDocument) -> String {
        var text = ""
        var levels: [Level] = []
        var index = 0
        var expectsValue = false
        while index < document.nodes.count {
            while let level = levels.last, index >= level.end { close(&levels, level, into: &text) }
            let node = document.nodes[index]
            if !expectsValue, let last = levels.indices.last {
                text += levels[last].count == 0 ? "\n" : ",\n"
                text += indentation(levels.count)
                levels[last].count += 1
                if levels[last].isObject {
                    text += JSONString.quote(JSONValue(document: document, index: index).string ?? "") + ": "
                    expectsValue = true
                    index += 1
                    continue
                }
            }
            expectsValue = false
            switch node.kind {
            case .object, .array:
                let isObject = node.kind == .object
                text += isObject ? "{" : "["
                levels.append(Level(end: node.next, closing: isObject ? "}" : "]", isObject: isObject))
            case .string:
                text += JSONString.quote(JSONValue(document: document, index: index).string ?? "")
            case .number, .true, .false, .null:
                text += JSONValue(document: document, index: index).rawText
            }
            index += 1
        }
        while let level = levels.last { close(&levels, level, into: &text) }
        return text
    }

    private static func close(_ levels: inout [Level], _ level: Level, into text: inout String) {
        levels.removeLast()
        if level.count > 0 { text += "\n" + indentation(levels.count) }
        text += level.closing
    }

    private static func indentation(_ depth: Int) -> String {
        String(repeating: "  ", count: depth)
    }
}
