internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `links follow-ups` writes.
enum FollowUpView {
    static func print(_ records: [FollowUpRecord], _ format: OutputFormat, _ console: Console) throws {
        switch format {
        case .table:
            guard !records.isEmpty else { return }
            for line in table(records).lines(on: console) { try console.print(line) }
        case .json: try console.print(JSONText.array(records.map(json)).line)
        case .ndjson: for record in records { try console.print(json(record).line) }
        case .csv:
            try console.print("id,source,task,subject,state,tries,cause,fetched,nextAttemptAt,problem")
            for record in records {
                let line = CSVText.line(json(record).memberValues)
                try console.print(console.isTerminal ? TerminalText.escape(line) : line)
            }
        }
    }

    private static func table(_ records: [FollowUpRecord]) -> Table {
        Table(
            columns: [
                .init(title: "NO", alignment: .right), .init(title: "WHAT"), .init(title: "ABOUT", shortestWidth: 12),
                .init(title: "STATE"), .init(title: "TRIES", alignment: .right),
                .init(title: "FETCHED", alignment: .right), .init(title: "NEXT"),
                .init(title: "PROBLEM", shortestWidth: 12),
            ],
            rows: records.map { record in
                [
                    .init("\(record.followUp.id)", .bold), .init(record.followUp.order.task),
                    .init(record.followUp.order.subject), stateCell(record.state),
                    .init("\(record.followUp.attemptCount)"), .init(record.fetched.map { "\($0)" } ?? "-"),
                    .init(record.nextAttemptAt.map(HumanText.time) ?? "-"), .init(record.problem ?? "-"),
                ]
            })
    }

    private static func stateCell(_ state: FollowUpState) -> Table.Cell {
        switch state {
        case .waiting: .init(state.rawValue, .yellow)
        case .done: .init(state.rawValue, .green)
        case .failed: .init(state.rawValue, .red)
        }
    }

    private static func json(_ record: FollowUpRecord) -> JSONText {
        func number(_ id: DeliveryID?) -> JSONText { id.map { .integer($0.rawValue) } ?? .null }
        return .object([
            .init("id", .integer(record.followUp.id)), .init("source", .string(record.followUp.order.source)),
            .init("task", .string(record.followUp.order.task)),
            .init("subject", .string(record.followUp.order.subject)), .init("state", .string(record.state.rawValue)),
            .init("tries", .integer(Int64(record.followUp.attemptCount))),
            .init("cause", number(record.followUp.order.cause)), .init("fetched", number(record.fetched)),
            .init("nextAttemptAt", .optional(record.nextAttemptAt?.rfc3339)),
            .init("problem", .optional(record.problem)),
        ])
    }
}
