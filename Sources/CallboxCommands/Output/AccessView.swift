internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `archive access` writes, a row of the access log at a time; only a table has to see them all first.
struct AccessView {
    private let format: OutputFormat
    private let console: Console
    private var gathered: [AccessEntry] = []
    private(set) var count = 0

    static let names = ["id", "at", "user", "command", "subject", "reason"]

    init(_ format: OutputFormat, on console: Console) {
        self.format = format
        self.console = console
    }

    mutating func add(_ entry: AccessEntry) throws {
        switch format {
        case .table: gathered.append(entry)
        case .json: try console.write((count == 0 ? "[" : ",\n ") + Self.json(entry).line)
        case .ndjson: try console.print(Self.json(entry).line)
        case .csv:
            if count == 0 { try console.print(Self.names.joined(separator: ",")) }
            let line = CSVText.line(Self.values(entry))
            try console.print(console.isTerminal ? TerminalText.escape(line) : line)
        }
        count += 1
    }

    func finish() throws {
        switch format {
        case .table where !gathered.isEmpty: for line in table.lines(on: console) { try console.print(line) }
        case .json: try console.write(count == 0 ? "[]\n" : "]\n")
        case .csv where count == 0: try console.print(Self.names.joined(separator: ","))
        case .table, .ndjson, .csv: break
        }
    }

    private static func values(_ entry: AccessEntry) -> [JSONText] {
        let record = entry.record
        return [
            .integer(entry.id), .string(entry.at.rfc3339), .string(record.user), .string(record.command),
            .string(record.subject), .optional(record.reason),
        ]
    }

    private static func json(_ entry: AccessEntry) -> JSONText {
        .object(zip(names, values(entry)).map { JSONText.Member($0, $1) })
    }

    private var table: Table {
        Table(
            columns: [
                .init(title: "ROW", alignment: .right), .init(title: "AT"), .init(title: "USER", shortestWidth: 8),
                .init(title: "COMMAND", shortestWidth: 10), .init(title: "SUBJECT", shortestWidth: 12),
                .init(title: "WHY", shortestWidth: 8),
            ],
            rows: gathered.map { entry in
                let record = entry.record
                return [
                    .init("\(entry.id)", .bold), .init(HumanText.time(entry.at)), .init(record.user),
                    .init(record.command, .cyan), .init(record.subject),
                    record.reason.map { .init($0) } ?? .init("-", .dim),
                ]
            })
    }
}
