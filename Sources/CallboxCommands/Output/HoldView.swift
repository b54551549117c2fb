internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `archive hold list` writes.
enum HoldView {
    private static let names = ["id", "delivery", "name", "value", "reason", "placedAt", "releasedAt"]

    static func print(_ holds: [LegalHold], _ format: OutputFormat, _ console: Console) throws {
        var listing = RowListing(format, on: console, names: names, values: values, table: table)
        try listing.print(holds)
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

    private static func values(_ hold: LegalHold) -> [JSONText] {
        [
            .integer(hold.id), hold.delivery.map { .integer($0.rawValue) } ?? .null, .optional(hold.field?.name),
            .optional(hold.field?.value), .string(hold.reason), .string(hold.placedAt.rfc3339),
            .optional(hold.releasedAt?.rfc3339),
        ]
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
