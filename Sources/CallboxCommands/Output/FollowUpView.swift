internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `links follow-ups` writes.
enum FollowUpView {
    private static let names = [
        "id", "source", "task", "subject", "state", "tries", "cause", "fetched", "nextAttemptAt", "problem",
    ]

    static func print(_ records: [FollowUpRecord], _ format: OutputFormat, _ console: Console) throws {
        var listing = RowListing(format, on: console, names: names, values: values, table: table)
        try listing.print(records)
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

    private static func values(_ record: FollowUpRecord) -> [JSONText] {
        func number(_ id: DeliveryID?) -> JSONText { id.map { .integer($0.rawValue) } ?? .null }
        let order = record.followUp.order
        return [
            .integer(record.followUp.id), .string(order.source), .string(order.task), .string(order.subject),
            .string(record.state.rawValue), .integer(Int64(record.followUp.attemptCount)), number(order.cause),
            number(record.fetched), .optional(record.nextAttemptAt?.rfc3339), .optional(record.problem),
        ]
    }
}
