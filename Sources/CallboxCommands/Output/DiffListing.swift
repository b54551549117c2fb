internal import Analysis
internal import Redaction
internal import StrictJSON
internal import TerminalOutput

/// Writes differences one after another as they are found.
struct DiffListing {
    /// Characters of a value that a line shows.
    private static let characterLimit = 100

    private let format: OutputFormat
    private let console: Console
    private(set) var count = 0

    init(_ format: OutputFormat, on console: Console) {
        self.format = format
        self.console = console
    }

    mutating func add(_ difference: JSONDifference) throws {
        switch format {
        case .table: try console.print(line(difference))
        case .json: try console.write((count == 0 ? "[" : ",\n ") + Self.record(difference).line)
        case .ndjson: try console.print(Self.record(difference).line)
        case .csv:
            if count == 0 { try printTitles() }
            let line = CSVText.line(Self.record(difference).memberValues)
            try console.print(console.isTerminal ? TerminalText.escape(line) : line)
        }
        count += 1
    }

    func finish() throws {
        switch format {
        case .json: try console.write(count == 0 ? "[]\n" : "]\n")
        case .csv where count == 0: try printTitles()
        case .table, .ndjson, .csv: break
        }
    }

    private func printTitles() throws {
        try console.print("path,change,before,after")
    }

    private func line(_ difference: JSONDifference) -> String {
        let path = TerminalText.escape(difference.path.text)
        switch difference.change {
        case .added(let value): return console.styled("+ \(path)", .green) + "  " + text(value, difference)
        case .removed(let value): return console.styled("- \(path)", .red) + "  " + text(value, difference)
        case .changed(let before, let after):
            return console.styled("~ \(path)", .yellow) + "  " + text(before, difference) + " → "
                + text(after, difference)
        }
    }

    private static func record(_ difference: JSONDifference) -> JSONText {
        let (change, before, after): (String, JSONText, JSONText) =
            switch difference.change {
            case .added(let value): ("added", .null, .raw(value.rawText))
            case .removed(let value): ("removed", .raw(value.rawText), .null)
            case .changed(let before, let after): ("changed", .raw(before.rawText), .raw(after.rawText))
            }
        return .object([
            .init("path", .string(difference.path.text)), .init("change", .string(change)), .init("before", before),
            .init("after", after),
        ])
    }

    /// What a line has room for.
    private func text(_ value: JSONValue, _ difference: JSONDifference) -> String {
        var line = JSONText.raw(value.rawText).line
        if console.isTerminal {
            let name = difference.path.lastName
            line = TerminalText.escape(
                value.string.map { JSONString.quote(PersonalData.shown($0, name: name)) }
                    ?? PersonalData.shown(json: line, name: name))
        }
        return line.count > Self.characterLimit ? line.prefix(Self.characterLimit) + "…" : line
    }
}
