internal import Deliveries
internal import Journal
internal import Redaction
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Writes reports one after another in the format that was asked for. A table has to see its rows first, and begins anew
/// after a great many, so that memory does not grow with them.
struct ReportListing {
    /// Rows of a table.
    static let tableRowCount = 5000

    private let format: OutputFormat
    private let console: Console
    /// The columns of JSON and CSV.
    private let fields: ReportRecord.Choice
    /// What relative times are told from; nil for times as they are.
    private let now: Timestamp?
    /// Whether a table shows data of persons as they are.
    private let isRevealed: Bool
    private var gathered: [ReportSummary] = []
    private(set) var count = 0

    init(
        _ format: OutputFormat, on console: Console, fields: ReportRecord.Choice = .all, now: Timestamp? = nil,
        isRevealed: Bool = false
    ) {
        self.format = format
        self.console = console
        self.fields = fields
        self.now = now
        self.isRevealed = isRevealed
    }

    mutating func add(_ report: ReportSummary) throws {
        switch format {
        case .table:
            gathered.append(report)
            if gathered.count == Self.tableRowCount { try printTable() }
        case .json: try console.write((count == 0 ? "[" : ",\n ") + fields.json(report).line)
        case .ndjson: try console.print(fields.json(report).line)
        case .csv:
            if count == 0 { try console.print(fields.names.joined(separator: ",")) }
            let line = CSVText.line(fields.values(report))
            try console.print(console.isTerminal ? TerminalText.escape(line) : line)
        }
        count += 1
    }

    mutating func finish() throws {
        switch format {
        case .table where !gathered.isEmpty: try printTable()
        case .json: try console.write(count == 0 ? "[]\n" : "]\n")
        case .csv where count == 0: try console.print(fields.names.joined(separator: ","))
        case .table, .ndjson, .csv: break
        }
    }

    private mutating func printTable() throws {
        for line in table.lines(on: console) { try console.print(line) }
        gathered.removeAll()
    }

    private var table: Table {
        Table(
            columns: [
                .init(title: "ID", alignment: .right), .init(title: ""), .init(title: "RECEIVED"),
                .init(title: "PROVIDER", leavesAs: 1), .init(title: "TYPE", shortestWidth: 16),
                .init(title: "TOPIC", shortestWidth: 8, leavesAs: 4),
                .init(title: "TRIES", alignment: .right, leavesAs: 3),
                .init(title: "SIZE", alignment: .right, leavesAs: 2),
                .init(title: "EXTERNAL INFO", shortestWidth: 12),
            ],
            rows: gathered.map { report in
                [
                    .init(report.numberText, .bold),
                    Self.mark(report.verification), .init(Self.time(report.receivedAt, now)),
                    .init(report.provider),
                    .init(report.type, report.type == ReportContent.unrecognisedType ? .yellow : .cyan),
                    report.route.map { .init($0.topic) } ?? .init("-", .dim),
                    .init(
                        report.attemptNumber == 1
                            ? "\(report.attemptCount)" : "\(report.attemptNumber)/\(report.attemptCount)"),
                    report.isBodyPruned
                        ? .init("pruned", .dim) : .init(HumanText.byteCount(Int64(report.bodyByteCount))),
                    .init(Self.externalInfo(report.externalInfo, isRevealed: isRevealed)),
                ]
            })
    }

    private static func time(_ time: Timestamp, _ now: Timestamp?) -> String {
        now.map { HumanText.ago(time, now: $0) } ?? HumanText.time(time)
    }

    private static func mark(_ verification: Verification) -> Table.Cell {
        switch verification {
        case .verified: .init("✓", .green)
        case .unverified: .init("·", .dim)
        case .fetched: .init("↓", .cyan)
        case .failed, .expired: .init("✗", .red)
        }
    }

    /// `traceId=t-1 customer=…`: the leaves that a row has room for.
    static func externalInfo(_ json: String?, isRevealed: Bool = false) -> String {
        guard let json, let document = try? JSONDocument(parsing: Array(json.utf8)) else { return "" }
        return document.root.members.prefix(8).compactMap { member in
            member.value.scalarText.map { text in
                "\(member.name)=" + (isRevealed ? text : PersonalData.shown(text, name: member.name))
            }
        }.joined(separator: " ")
    }
}
