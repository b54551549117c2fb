package import Analysis
internal import Redaction
internal import StrictJSON
package import TerminalOutput

/// A difference as JSON, as CSV and as a line.
package enum DiffRow {
    /// The maximum number of characters of a value in a line.
    private static let characterLimit = 100

    /// - Parameter masks: whether to mask personal data.
    package static func members(masks: Bool) -> [RowMember<JSONDifference>] {
        func json(_ value: JSONValue?, _ difference: JSONDifference) -> JSONText {
            value.map { masks ? masked($0, name: difference.path.lastName) : .raw($0.rawText) } ?? .null
        }
        return [
            .init("path") { .string($0.path.text) }, .init("change") { .string($0.name) },
            .init("before") { json($0.before, $0) }, .init("after") { json($0.after, $0) },
        ]
    }

    /// A line such as `~ $.status  "open" → "closed"`. On a terminal, personal data is masked.
    package static func line(_ difference: JSONDifference, on console: Console) -> String {
        func text(_ value: JSONValue?) -> String? {
            guard let value else { return nil }
            let line = (console.isTerminal ? masked(value, name: difference.path.lastName) : .raw(value.rawText)).line
            return line.count > characterLimit ? line.prefix(characterLimit) + "…" : line
        }
        let (sign, style): (String, Console.Style) =
            switch difference.change {
            case .added: ("+", .green)
            case .removed: ("-", .red)
            case .changed: ("~", .yellow)
            }
        let values = [text(difference.before), text(difference.after)].compactMap { $0 }.joined(separator: " → ")
        return console.styled("\(sign) \(TerminalText.escape(difference.path.text))", style) + "  "
            + (console.isTerminal ? TerminalText.escape(values) : values)
    }

    private static func masked(_ value: JSONValue, name: String?) -> JSONText {
        if let text = value.string { return .string(PersonalData.shown(text, name: name)) }
        let masked = PersonalData.shown(json: value.rawText, name: name)
        let isNumber = value.kind == .number
        return isNumber && masked != value.rawText ? .string(masked) : .raw(masked)
    }
}

extension JSONDifference {
    fileprivate var name: String {
        switch change {
        case .added: "added"
        case .removed: "removed"
        case .changed: "changed"
        }
    }

    fileprivate var before: JSONValue? {
        switch change {
        case .added: nil
        case .removed(let value), .changed(let value, _): value
        }
    }

    fileprivate var after: JSONValue? {
        switch change {
        case .removed: nil
        case .added(let value), .changed(_, let value): value
        }
    }
}
