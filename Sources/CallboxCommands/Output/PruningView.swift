internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `archive prune --dry-run` writes: each delivery that would lose something, and what that comes to.
struct PruningView {
    private static let names = ["id", "receivedAt", "source", "types", "takes", "storedBytes", "reason"]

    private let format: OutputFormat
    private let console: Console
    private var rows: [[Table.Cell]] = []
    private var count = 0
    private var byteCount: Int64 = 0

    init(_ format: OutputFormat, _ console: Console) {
        self.format = format
        self.console = console
    }

    mutating func add(_ decision: PruningDecision) throws {
        switch format {
        case .table:
            rows.append([
                .init("\(decision.id)", .bold), .init(HumanText.time(decision.receivedAt)), .init(decision.source),
                .init(decision.types.joined(separator: " "), .cyan),
                .init(decision.extent.rawValue, decision.extent == .everything ? .red : .yellow),
                .init(HumanText.byteCount(decision.byteCount)), .init(decision.reason),
            ])
        case .json: try console.write((count == 0 ? "[" : ",\n ") + json(decision).line)
        case .ndjson: try console.print(json(decision).line)
        case .csv:
            if count == 0 { try console.print(Self.names.joined(separator: ",")) }
            let line = CSVText.line(json(decision).memberValues)
            try console.print(console.isTerminal ? TerminalText.escape(line) : line)
        }
        count += 1
        byteCount += decision.byteCount
    }

    /// - Parameter nothing: what to say where there is nothing to take.
    func finish(nothing: String = "nothing is old enough") throws {
        switch format {
        case .table where !rows.isEmpty:
            let table = Table(
                columns: [
                    .init(title: "ID", alignment: .right), .init(title: "RECEIVED"), .init(title: "SOURCE"),
                    .init(title: "TYPE", shortestWidth: 12), .init(title: "TAKES"),
                    .init(title: "STORED", alignment: .right), .init(title: "WHY", shortestWidth: 16),
                ], rows: rows)
            for line in table.lines(on: console) { try console.print(line) }
        case .json: try console.write(count == 0 ? "[]\n" : "]\n")
        case .csv where count == 0: try console.print(Self.names.joined(separator: ","))
        case .table, .ndjson, .csv: break
        }
        console.note(
            count == 0
                ? nothing
                : "\(HumanText.count(count, "delivery", "deliveries")) would lose "
                    + "\(HumanText.byteCount(byteCount)) of stored bodies; --yes takes them away")
    }

    private func json(_ decision: PruningDecision) -> JSONText {
        .object([
            .init("id", .integer(decision.id.rawValue)), .init("receivedAt", .string(decision.receivedAt.rfc3339)),
            .init("source", .string(decision.source)), .init("types", .array(decision.types.map { .string($0) })),
            .init("takes", .string(decision.extent.rawValue)), .init("storedBytes", .integer(decision.byteCount)),
            .init("reason", .string(decision.reason)),
        ])
    }
}
