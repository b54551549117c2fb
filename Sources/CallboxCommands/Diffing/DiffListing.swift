internal import StrictJSON

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
        case .added(let value): return console.styled("+ \(path)", .green) + "  " + Self.text(value)
        case .removed(let value): return console.styled("- \(path)", .red) + "  " + Self.text(value)
        case .changed(let before, let after):
            return console.styled("~ \(path)", .yellow) + "  " + Self.text(before) + " → " + Self.text(after)
        }
    }

    private static func record(_ difference: JSONDifference) -> JSONText {
        let (change, before, after): (String, JSONText, JSONText) =
            switch difference.change {
            case .added(let value): ("added", .null, shown(value))
            case .removed(let value): ("removed", shown(value), .null)
            case .changed(let before, let after): ("changed", shown(before), shown(after))
            }
        return .object([
            .init("path", .string(difference.path.text)), .init("change", .string(change)), .init("before", before),
            .init("after", after),
        ])
    }

    /// What a line has room for.
    private static func text(_ value: JSONValue) -> String {
        let line = shown(value).line
        return line.count > characterLimit ? line.prefix(characterLimit) + "…" : line
    }

    /// A value of a body as people get to see it: the one place that all of them go through.
    static func shown(_ value: JSONValue) -> JSONText {
        .raw(value.rawText)
    }
}
