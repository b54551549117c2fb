package import Analysis
internal import Deliveries
internal import Journal
package import Providers
internal import Redaction
internal import ReportIndex
internal import StrictJSON
package import TerminalOutput

/// A timeline in all formats.
package struct TimelineView {
    let timeline: Timeline
    let providers: ProviderCatalog

    package init(_ timeline: Timeline, _ providers: ProviderCatalog) {
        self.timeline = timeline
        self.providers = providers
    }

    /// Prints the timeline. JSON is masked only on a terminal.
    package func print(_ format: OutputFormat, on console: Console) throws {
        switch format {
        case .table: for line in lines(console) { try console.print(line) }
        case .json: try console.print(json(masks: console.isTerminal).line)
        case .ndjson, .csv, .excel:
            var listing = RowListing(format, on: console, TimelineEntry.members(masks: console.isTerminal))
            try listing.print(timeline.entries)
        }
    }

    private func json(masks: Bool) -> JSONText {
        let members = TimelineEntry.members(masks: masks)
        func records(_ entries: [TimelineEntry]) -> JSONText { .array(entries.map { .object(members.object($0)) }) }
        return .object([
            .init("links", .array(timeline.links.map { LinkView.json($0, providers, masks: masks) })),
            .init("reports", records(timeline.entries)), .init("current", records(timeline.current)),
            .init("isComplete", .boolean(timeline.shortcoming == nil)),
        ])
    }

    private func lines(_ console: Console) -> [String] {
        var lines = timeline.links.map { line($0, console) }
        if !lines.isEmpty { lines.append("") }
        lines += table(console).lines(on: console)
        lines += ["", console.styled("Current state", .bold)]
        lines += currentTable(console).lines(on: console).dropFirst()
        for link in timeline.pending {
            var line = StyledLine()
            line.add("pending", .red)
            line.add("  \(link.missingText), for link \(link.link.id)")
            lines.append(line.text(on: console))
        }
        return lines
    }

    private func line(_ progress: LinkProgress, _ console: Console) -> String {
        let link = progress.link
        var line = StyledLine()
        line.add("Link \(link.id)", .bold)
        line.add("  \(link.order.provider)  requested \(console.time(link.createdAt))  ")
        line.add(link.state.rawValue, link.state.cell.style ?? .dim)
        line.add(
            "  "
                + LinkView.ownKeys(link).prefix(2)
                .map { "\($0.name)=\(LinkView.shown($0, providers, masks: true))" }.joined(separator: " "))
        return line.text(on: console)
    }

    private func table(_ console: Console) -> Table {
        Table(
            columns: [
                .text("TIME"), .number("DELAY", leavesAs: 3), .text("PROVIDER", leavesAs: 2),
                .text("TYPE", shortest: 28), .number("ID"), .number("TRIES", leavesAs: 1), .wrapped("STATE"),
            ],
            rows: timeline.entries.map { entry in
                let report = entry.report
                return [
                    .init(console.time(report.time)), .init(entry.delayText, .dim), .init(report.provider),
                    .init(report.type, .cyan), .init(report.numberText, .bold), .init("\(report.attemptCount)"),
                    .init(entry.stateText),
                ]
            }, notes: timeline.entries.map(\.problemNote))
    }

    private func currentTable(_ console: Console) -> Table {
        Table(
            columns: [
                .text("TYPE", shortest: 28), .wrapped("STATE"), .text("SUBJECT", shortest: 10), .number("ID"),
                .text("TIME", leavesAs: 1),
            ],
            rows: timeline.current.map { entry in
                [
                    .init(entry.report.type, .cyan), .init(entry.stateText),
                    .init(entry.subject.map { $0.shown } ?? ""), .init(entry.report.numberText, .bold),
                    .init(console.time(entry.report.time)),
                ]
            }, notes: timeline.current.map(\.problemNote))
    }
}

extension TimelineEntry {
    /// - Parameter masks: whether to mask personal data.
    fileprivate static func members(masks: Bool) -> [RowMember<TimelineEntry>] {
        func json(_ field: ReportField) -> JSONText {
            let value = masks ? PersonalData.shown(field.value, name: field.name) : field.value
            return .object([.init("name", .string(field.name)), .init("value", .string(value))])
        }
        return [
            .init("time") { .string($0.report.time.rfc3339) },
            .init("id") { .integer($0.report.deliveryID.rawValue) },
            .init("ordinal") { .integer(Int64($0.report.ordinal)) },
            .init("receivedAt") { .string($0.report.receivedAt.rfc3339) },
            .init("providerTime") { .optional($0.report.providerTime?.rfc3339) },
            .init("delayMilliseconds") { $0.delayMilliseconds.map { .integer($0) } ?? .null },
            .init("source") { .string($0.report.source) }, .init("provider") { .string($0.report.provider) },
            .init("type") { .string($0.report.type) },
            .init("attempts") { .integer(Int64($0.report.attemptCount)) },
            .init("states") { .array($0.states.map(json)) }, .init("subject") { $0.subject.map(json) ?? .null },
        ]
    }

    fileprivate var stateText: String {
        report.problem == nil ? states.map(\.shown).joined(separator: " ") : ""
    }

    /// The problem, shown below its row, because a long text in a narrow column would take many lines.
    fileprivate var problemNote: Table.Cell? {
        report.problem.map { .init("problem: \($0)", .red) }
    }

    /// The time from the provider's time to the arrival, as text; negative if the arrival is earlier.
    var delayText: String {
        delayMilliseconds.map { ($0 < 0 ? "-" : "+") + HumanText.span(milliseconds: $0) } ?? "-"
    }
}

extension ReportField {
    /// The field as `name=value`, with personal data masked.
    fileprivate var shown: String {
        "\(name)=\(PersonalData.shown(value, name: name))"
    }
}
