package import StrictJSON

/// A condition in the value of a flag: `linkId=l-1`, `amount>=100`, `name~^Ana`, `traceId`, `!traceId`.
package struct FilterText {
    package let name: String
    package let relation: ValueTest.Relation
    package let operand: String

    private static let signs: [(text: String, relation: ValueTest.Relation)] = [
        ("!=", .notEqual), ("!~", .notMatches), (">=", .greaterOrEqual), ("<=", .lessOrEqual), ("=", .equal),
        ("~", .matches), (">", .greater), ("<", .less),
    ]

    /// Splits the text at the first sign, such as `>=`. A name without a sign requires that the field exists. Nil if
    /// there is no name.
    ///
    /// - Parameter start: signs before this position are part of the name.
    package init?(_ text: String, signsFrom start: String.Index? = nil) {
        var position = start ?? text.startIndex
        while position < text.endIndex {
            if let sign = Self.signs.first(where: { text[position...].hasPrefix($0.text) }) {
                name = String(text[..<position])
                relation = sign.relation
                operand = String(text[text.index(position, offsetBy: sign.text.count)...])
                guard !name.isEmpty else { return nil }
                return
            }
            position = text.index(after: position)
        }
        relation = text.hasPrefix("!") ? .absent : .present
        name = relation == .absent ? String(text.dropFirst()) : text
        operand = ""
        guard !name.isEmpty else { return nil }
    }

    /// A condition on a value in the body, such as `$.accounts[0].brandName=NuBank`. Nil if the path is malformed.
    package static func path(_ text: String) -> (path: JSONPath, condition: FilterText)? {
        let isAbsent = text.hasPrefix("!")
        let whole = isAbsent ? String(text.dropFirst()) : text
        guard let condition = FilterText(whole, signsFrom: endOfBrackets(whole)),
            let path = JSONPath(condition.name, allowsEvery: true)
        else { return nil }
        guard isAbsent else { return (path, condition) }
        guard condition.relation == .present, let absent = FilterText("!" + condition.name) else { return nil }
        return (path, absent)
    }

    /// The end of the last bracket of the path. Signs before this bracket belong to the path, because a quoted name may
    /// contain any sign.
    private static func endOfBrackets(_ text: String) -> String.Index {
        var end = text.startIndex
        var position = text.startIndex
        var quote: Character?
        var isInside = false
        while position < text.endIndex {
            let character = text[position]
            position = text.index(after: position)
            if let open = quote {
                if character == open { quote = nil }
            } else if isInside {
                if character == "'" || character == "\"" { quote = character }
                if character == "]" { (isInside, end) = (false, position) }
            } else if character == "[" {
                isInside = true
            } else if signs.contains(where: { $0.text.first == character }) {
                break
            }
        }
        return end
    }
}
