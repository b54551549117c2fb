internal import Analysis
internal import Deliveries
internal import Journal
internal import Redaction
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Writes what a search found, each as soon as it is found: a line for the report, then the places with the text in colour.
struct SearchListing {
    private let format: OutputFormat
    private let console: Console
    private let now: Timestamp
    private(set) var count = 0

    init(_ format: OutputFormat, on console: Console, now: Timestamp) {
        self.format = format
        self.console = console
        self.now = now
    }

    mutating func add(_ report: ReportSummary, excerpts: [Excerpt]) throws {
        switch format {
        case .table:
            if count > 0 { try console.print("") }
            try console.print(heading(report))
            for excerpt in excerpts { try console.print("  " + line(excerpt)) }
        case .json: try console.write((count == 0 ? "[" : ",\n ") + Self.json(report, excerpts).line)
        case .ndjson, .csv: try console.print(Self.json(report, excerpts).line)
        }
        count += 1
    }

    func finish() throws {
        if format == .json { try console.write(count == 0 ? "[]\n" : "]\n") }
    }

    private func heading(_ report: ReportSummary) -> String {
        let time = console.isTerminal ? HumanText.ago(report.receivedAt, now: now) : HumanText.time(report.receivedAt)
        return [
            console.styled(report.numberText, .bold), TerminalText.escape(report.provider),
            console.styled(TerminalText.escape(report.type), .cyan), console.styled(time, .dim),
        ].joined(separator: "  ")
    }

    private func line(_ excerpt: Excerpt) -> String {
        let path = excerpt.path.map { console.styled(TerminalText.escape($0), .dim) + "  " } ?? ""
        let masked = PersonalData.shown(excerpt.text, name: excerpt.path.flatMap(JSONPath.init)?.lastName)
        guard masked == excerpt.text else { return path + TerminalText.escape(masked) }
        return path + TerminalText.escape(excerpt.before) + console.styled(TerminalText.escape(excerpt.match), .yellow)
            + TerminalText.escape(excerpt.after)
    }

    private static func json(_ report: ReportSummary, _ excerpts: [Excerpt]) -> JSONText {
        let matches = excerpts.map { excerpt in
            JSONText.object([.init("path", .optional(excerpt.path)), .init("text", .string(excerpt.text))])
        }
        let names = ReportRecord.names + ["matches"]
        let values = ReportRecord.values(report) + [.array(matches)]
        return .object(zip(names, values).map { JSONText.Member($0, $1) })
    }
}
