internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `archive access` writes, a row of the access log at a time.
enum AccessView {
    static let names = ["id", "at", "user", "command", "subject", "reason"]

    static func listing(_ format: OutputFormat, on console: Console) -> RowListing<AccessEntry> {
        RowListing(format, on: console, names: names, values: values, table: table)
    }

    private static func values(_ entry: AccessEntry) -> [JSONText] {
        let record = entry.record
        return [
            .integer(entry.id), .string(entry.at.rfc3339), .string(record.user), .string(record.command),
            .string(record.subject), .optional(record.reason),
        ]
    }

    private static func table(_ entries: [AccessEntry]) -> Table {
        Table(
            columns: [
                .init(title: "ROW", alignment: .right), .init(title: "AT"), .init(title: "USER", shortestWidth: 8),
                .init(title: "COMMAND", shortestWidth: 10), .init(title: "SUBJECT", shortestWidth: 12),
                .init(title: "WHY", shortestWidth: 8),
            ],
            rows: entries.map { entry in
                let record = entry.record
                return [
                    .init("\(entry.id)", .bold), .init(HumanText.time(entry.at)), .init(record.user),
                    .init(record.command, .cyan), .init(record.subject),
                    record.reason.map { .init($0) } ?? .init("-", .dim),
                ]
            })
    }
}
