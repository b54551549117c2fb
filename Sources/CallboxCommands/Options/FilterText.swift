internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Conditions as people write them after a flag: `linkId=l-1`, `amount>=100`, `name~^Ana`, `traceId`, `!traceId`.
struct FilterText {
    let name: String
    let relation: ValueTest.Relation
    let operand: String

    private static let signs: [(text: String, relation: ValueTest.Relation)] = [
        ("!=", .notEqual), ("!~", .notMatches), (">=", .greaterOrEqual), ("<=", .lessOrEqual), ("=", .equal),
        ("~", .matches), (">", .greater), ("<", .less),
    ]

    /// Cut at the first sign; a name alone asks for its presence. Nil where there is no name.
    ///
    /// - Parameter start: where signs are looked for: names before it may have them.
    init?(_ text: String, signsFrom start: String.Index? = nil) {
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

    /// - Parameter flag: named by the failure.
    func test(_ flag: String) throws(CommandFailure) -> ValueTest {
        guard let test = ValueTest(relation, operand) else {
            throw CommandFailure(
                .usage, "\(flag) does not understand the regular expression '\(TerminalText.escape(operand))'",
                advice: "Put a backslash before brackets and the like that mean themselves.")
        }
        return test
    }

    /// A condition on a value of the body: `$.accounts[0].brandName=NuBank`. Nil where the path does not read.
    static func path(_ text: String) -> (path: JSONPath, condition: FilterText)? {
        let isAbsent = text.hasPrefix("!")
        let whole = isAbsent ? String(text.dropFirst()) : text
        guard let condition = FilterText(whole, signsFrom: endOfBrackets(whole)),
            let path = JSONPath(condition.name, allowsEvery: true)
        else { return nil }
        guard isAbsent else { return (path, condition) }
        guard condition.relation == .present, let absent = FilterText("!" + condition.name) else { return nil }
        return (path, absent)
    }

    /// Where the last bracket of the path closes, for a name in quotation marks may have any sign in it.
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

/// Times as people give them to a filter.
enum MomentText {
    /// `7d` and the like reach back from `now`; `today` and `yesterday` begin at midnight UTC, and so does a date.
    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        let today = now.rfc3339.prefix(10)
        switch text {
        case "now": return now
        case "today": return Timestamp(rfc3339: "\(today)T00:00:00Z".utf8)
        case "yesterday": return Timestamp(rfc3339: "\(today)T00:00:00Z".utf8)?.advanced(byMilliseconds: -86_400_000)
        default: break
        }
        if let ago = Quantity.duration(text) { return now.advanced(byMilliseconds: -ago.milliseconds) }
        return Timestamp(rfc3339: text.utf8) ?? Timestamp(rfc3339: "\(text)T00:00:00Z".utf8)
    }
}
