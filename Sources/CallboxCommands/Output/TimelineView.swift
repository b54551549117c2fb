internal import Analysis
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `timeline` writes.
struct TimelineView {
    let timeline: Timeline

    func print(_ format: OutputFormat, on console: Console) throws {
        switch format {
        case .table: for line in lines(console) { try console.print(line) }
        case .json: try console.print(json.line)
        case .ndjson: for entry in timeline.entries { try console.print(Self.record(entry).line) }
        case .csv:
            try console.print(Self.names.joined(separator: ","))
            for entry in timeline.entries {
                let line = CSVText.line(Self.record(entry).memberValues)
                try console.print(console.isTerminal ? TerminalText.escape(line) : line)
            }
        }
    }

    // MARK: JSON

    static let names = [
        "time", "id", "ordinal", "receivedAt", "providerTime", "delayMilliseconds", "source", "provider", "type",
        "attempts", "states", "subject",
    ]

    private static func record(_ entry: TimelineEntry) -> JSONText {
        let report = entry.report
        let values: [JSONText] = [
            .string(report.time.rfc3339), .integer(report.deliveryID.rawValue), .integer(Int64(report.ordinal)),
            .string(report.receivedAt.rfc3339), .optional(report.providerTime?.rfc3339),
            entry.delayMilliseconds.map { .integer($0) } ?? .null, .string(report.source), .string(report.provider),
            .string(report.type), .integer(Int64(report.attemptCount)), .array(entry.states.map(Self.field)),
            entry.subject.map(Self.field) ?? .null,
        ]
        return .object(zip(names, values).map { JSONText.Member($0, $1) })
    }

    private static func field(_ field: ReportField) -> JSONText {
        .object([.init("name", .string(field.name)), .init("value", .string(field.value))])
    }

    private var json: JSONText {
        .object([
            .init("links", .array(timeline.links.map(LinkView.json))),
            .init("reports", .array(timeline.entries.map(Self.record))),
            .init("current", .array(timeline.current.map(Self.record))),
            .init("isComplete", .boolean(timeline.shortcoming == nil)),
        ])
    }

    // MARK: Lines

    private func lines(_ console: Console) -> [String] {
        var lines = timeline.links.map { Self.line($0, console) }
        if !lines.isEmpty { lines.append("") }
        lines += table.lines(on: console)
        lines += ["", console.styled("now", .bold)]
        lines += nowTable.lines(on: console).dropFirst()
        for link in timeline.pending {
            lines.append(
                console.styled("pending", .red)
                    + TerminalText.escape("  \(link.missingText), for link \(link.link.id)"))
        }
        return lines
    }

    private static func line(_ progress: LinkProgress, _ console: Console) -> String {
        let link = progress.link
        let keys = LinkView.ownKeys(link).prefix(2).map { "\($0.name)=\(LinkView.shown($0))" }.joined(separator: " ")
        return console.styled("Link \(link.id)", .bold)
            + TerminalText.escape("  \(link.order.provider)  asked for \(HumanText.time(link.createdAt))  ")
            + console.styled(link.state.rawValue, link.state.cell.style ?? .dim)
            + TerminalText.escape("  \(keys)")
    }

    private var table: Table {
        Table(
            columns: [
                .init(title: "TIME"), .init(title: "ARRIVED", alignment: .right), .init(title: "PROVIDER"),
                .init(title: "TYPE", shortestWidth: 12), .init(title: "ID", alignment: .right),
                .init(title: "TRIES", alignment: .right), .init(title: "STATE", shortestWidth: 10),
            ],
            rows: timeline.entries.map { entry in
                let report = entry.report
                return [
                    .init(HumanText.time(report.time)), .init(Self.delay(entry), .dim), .init(report.provider),
                    .init(report.type, .cyan), .init(entry.number, .bold), .init("\(report.attemptCount)"),
                    .init(Self.state(entry)),
                ]
            })
    }

    private var nowTable: Table {
        Table(
            columns: [
                .init(title: "TYPE", shortestWidth: 12), .init(title: "STATE", shortestWidth: 10),
                .init(title: "OF", shortestWidth: 10),
                .init(title: "ID", alignment: .right), .init(title: "TIME"),
            ],
            rows: timeline.current.map { entry in
                [
                    .init(entry.report.type, .cyan), .init(Self.state(entry)),
                    .init(entry.subject.map { "\($0.name)=\($0.value)" } ?? ""), .init(entry.number, .bold),
                    .init(HumanText.time(entry.report.time)),
                ]
            })
    }

    private static func state(_ entry: TimelineEntry) -> String {
        entry.report.problem.map { "problem: \($0)" }
            ?? entry.states.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }

    /// How long after the provider's time it came; a clock that is wrong shows as a minus.
    static func delay(_ entry: TimelineEntry) -> String {
        guard let delay = entry.delayMilliseconds else { return "-" }
        return (delay < 0 ? "-" : "+") + HumanText.span(milliseconds: delay)
    }
}
