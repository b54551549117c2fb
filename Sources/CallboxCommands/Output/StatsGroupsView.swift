internal import Analysis
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Totals by dimension, in each format.
struct StatsGroupsView {
    let dimensions: [StatsDimension]
    let groups: [GroupedTotals.Group]
    let total: ArrivalTotals
    let span: StatsOverview.Span?

    func print(_ format: OutputFormat, _ console: Console) throws {
        switch format {
        case .table: if !groups.isEmpty { for line in table(console).lines(on: console) { try console.print(line) } }
        case .json: try console.print(JSONText.array(groups.map(json)).line)
        case .ndjson: for group in groups { try console.print(json(group).line) }
        case .csv:
            try console.print(StatsRecord.names(dimensions).joined(separator: ","))
            for group in groups {
                let line = CSVText.line(StatsRecord.values(group, dimensions, of: total, span))
                try console.print(console.isTerminal ? TerminalText.escape(line) : line)
            }
        }
    }

    private func json(_ group: GroupedTotals.Group) -> JSONText {
        StatsRecord.group(group, dimensions, of: total, span)
    }

    /// Rates are of a day, or of an hour where the time is short.
    private func table(_ console: Console) -> Table {
        let isLong = (span?.days ?? 1) >= 2
        let isNarrow = console.isTerminal && console.width < 64 + 14 * dimensions.count
        func cells(_ totals: ArrivalTotals) -> [Table.Cell] {
            let rate = span.map { Double(totals.reportCount) / $0.days / (isLong ? 1 : 24) }
            let sizes: [Table.Cell] = [
                .init(HumanText.byteCount(totals.storedByteCount)),
                .init(HumanText.percent(totals.storedByteCount, of: totals.bodyByteCount)),
            ]
            return [
                .init("\(totals.reportCount)"), .init("\(totals.arrivalCount)"),
                .init(HumanText.byteCount(totals.bodyByteCount)),
            ] + (isNarrow ? [] : sizes) + [
                .init(HumanText.percent(totals.reportCount, of: total.reportCount)),
                .init(rate.map { HumanText.rate($0) } ?? "-"),
            ]
        }
        let numbers =
            ["REPORTS", "TRIES", "BODIES"] + (isNarrow ? [] : ["STORED", "RATIO"])
            + ["SHARE", isLong ? "A DAY" : "AN HOUR"]
        return Table(
            columns: dimensions.map { .init(title: $0.rawValue.uppercased(), shortestWidth: $0.isTime ? nil : 8) }
                + numbers.map { .init(title: $0, alignment: .right) },
            rows: groups.map { group in
                let names = dimensions.indices.map { index -> Table.Cell in
                    guard !group.values.isEmpty else {
                        return .init(index == 0 ? "(\(group.otherCount) more)" : "", .dim)
                    }
                    let value = group.values[index]
                    return .init(dimensions[index].text(value), value == nil ? .yellow : nil)
                }
                return names + cells(group.totals)
            } + [[.init("total", .dim)] + dimensions.dropFirst().map { _ in .init("") } + cells(total)])
    }
}
