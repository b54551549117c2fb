internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `archive hold list` writes.
enum HoldView {
    static func print(_ holds: [LegalHold], _ format: OutputFormat, _ console: Console) throws {
        switch format {
        case .table:
            guard !holds.isEmpty else { return }
            for line in table(holds).lines(on: console) { try console.print(line) }
        case .json: try console.print(JSONText.array(holds.map(json)).line)
        case .ndjson: for hold in holds { try console.print(json(hold).line) }
        case .csv:
            try console.print("id,delivery,name,value,reason,placedAt,releasedAt")
            for hold in holds {
                let line = CSVText.line(json(hold).memberValues)
                try console.print(console.isTerminal ? TerminalText.escape(line) : line)
            }
        }
    }

    private static func table(_ holds: [LegalHold]) -> Table {
        Table(
            columns: [
                .init(title: "HOLD", alignment: .right), .init(title: "WHAT", shortestWidth: 16),
                .init(title: "PLACED"),
                .init(title: "RELEASED"), .init(title: "WHY", shortestWidth: 12),
            ],
            rows: holds.map { hold in
                [
                    .init("\(hold.id)", .bold),
                    .init(
                        hold.delivery.map { "delivery \($0)" } ?? hold.field.map { "\($0.name)=\($0.value)" } ?? "-"),
                    .init(HumanText.time(hold.placedAt)),
                    hold.releasedAt.map { .init(HumanText.time($0)) } ?? .init("holds", .green), .init(hold.reason),
                ]
            })
    }

    private static func json(_ hold: LegalHold) -> JSONText {
        .object([
            .init("id", .integer(hold.id)),
            .init("delivery", hold.delivery.map { .integer($0.rawValue) } ?? .null),
            .init("name", .optional(hold.field?.name)), .init("value", .optional(hold.field?.value)),
            .init("reason", .string(hold.reason)), .init("placedAt", .string(hold.placedAt.rfc3339)),
            .init("releasedAt", .optional(hold.releasedAt?.rfc3339)),
        ])
    }
}

extension LegalHold {
    fileprivate var delivery: DeliveryID? {
        if case .delivery(let id) = subject { id } else { nil }
    }

    fileprivate var field: ReportField? {
        if case .field(let field) = subject { field } else { nil }
    }
}
