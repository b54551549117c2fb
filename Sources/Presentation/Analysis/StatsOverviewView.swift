package import Analysis
internal import Deliveries
internal import Journal
internal import ReportIndex
package import TerminalOutput

/// The overview of `callbox stats` on a terminal.
package struct StatsOverviewView {
    let overview: StatsOverview
    let charts: ChartLines

    package init(overview: StatsOverview, charts: ChartLines) {
        self.overview = overview
        self.charts = charts
    }

    private var console: Console { charts.console }

    /// The lines: summary, sources, charts and types.
    package var lines: [String] {
        var lines = heading + [""] + sources.lines(on: console) + quietLines
        let zone = console.clock.zoneName
        if let chart = overview.chart {
            lines += ["", bold("Arrivals, \(HumanText.span(milliseconds: chart.barMilliseconds)) per bar, \(zone)")]
            lines += charts.lines(
                chart.values, from: chart.start, to: chart.end, barMilliseconds: chart.barMilliseconds)
        }
        if let week = overview.week {
            lines += ["", bold("Arrivals by hour of the week, \(zone)")] + charts.lines(week: week)
        }
        return lines + ["", bold("Most frequent types")] + types.lines(on: console)
    }

    private var heading: [String] {
        let total = overview.total
        let repeats = total.arrivalCount - total.reportCount
        var lines = [
            bold(HumanText.count(total.reportCount, "report"))
                + (repeats > 0 ? ", \(HumanText.count(repeats, "repeat"))" : "")
                + "; bodies \(HumanText.byteCount(total.bodyByteCount)), "
                + "stored \(HumanText.byteCount(total.storedByteCount))"
                + " (\(HumanText.percent(total.storedByteCount, of: total.bodyByteCount)))"
        ]
        if let span = overview.span {
            lines.append(
                "from \(console.time(span.start)) to \(console.time(span.end)), "
                    + "\(HumanText.rate(Double(total.reportCount) / span.days())) a day")
        }
        var parts = overview.verifications.map { group in
            "\(group.totals.arrivalCount) \(group.values.first.flatMap { $0 } ?? "other")"
        }
        parts += ["\(overview.unroutedCount) unrouted", "\(overview.unrecognisedCount) unrecognised"]
        if let rejected = overview.rejectedCount { parts.append("\(rejected) in the quarantine") }
        return lines
            + TerminalWidth.wrapped(parts.joined(separator: ", "), to: console.isTerminal ? console.width : .max)
    }

    private var sources: Table {
        let rhythms = Dictionary(overview.rhythms.map { ($0.source, $0) }) { first, _ in first }
        func row(_ name: String, _ totals: ArrivalTotals) -> [Table.Cell] {
            let rhythm = rhythms[name]
            let last = rhythm?.lastReceivedAt ?? totals.last
            let isQuiet = rhythm?.isQuiet(at: overview.now) ?? false
            return [
                .init(name), .init("\(totals.reportCount)"), .init("\(totals.arrivalCount)"),
                .init(HumanText.byteCount(totals.bodyByteCount)),
                .init(HumanText.percent(totals.storedByteCount, of: totals.bodyByteCount)),
                .init(last.map { HumanText.ago($0, now: overview.now) } ?? "-", isQuiet ? .yellow : nil),
                .init(rhythm?.usualGapMilliseconds.map { "every " + HumanText.span(milliseconds: $0) } ?? "-"),
            ]
        }
        var rows = overview.sources.map { group in
            row(group.values.first.flatMap { $0 } ?? "(\(group.otherCount) more)", group.totals)
        }
        // Also lists sources without an arrival in the selected time, because a silent source may be broken.
        let named = Set(overview.sources.compactMap { $0.values.first.flatMap { $0 } })
        rows += overview.rhythms.filter { !named.contains($0.source) }.map { row($0.source, ArrivalTotals()) }
        return Table(
            columns: [
                .text("SOURCE", shortest: 8), .number("REPORTS"), .number("TRIES", leavesAs: 3),
                .number("BODIES", leavesAs: 2), .number("RATIO", leavesAs: 1), .number("LAST"), .number("USUALLY"),
            ], rows: rows)
    }

    private var quietLines: [String] {
        overview.rhythms.filter { $0.isQuiet(at: overview.now) }.map { rhythm in
            let usual = rhythm.usualGapMilliseconds.map { HumanText.span(milliseconds: $0) } ?? "-"
            let silence = HumanText.span(milliseconds: rhythm.silence(at: overview.now))
            var line = StyledLine()
            line.add("\(rhythm.source): quiet for \(silence), usually every \(usual)", .yellow)
            return line.text(on: console)
        }
    }

    private var types: Table {
        let total = overview.total.reportCount
        return Table(
            columns: [
                .text("PROVIDER", leavesAs: 2), .text("TYPE", shortest: 28), .number("REPORTS"), .number("SHARE"),
                .number("BODIES", leavesAs: 1),
            ],
            rows: overview.types.map { group in
                let isOther = group.values.isEmpty
                return [
                    .init(isOther ? "" : group.values[0] ?? ""),
                    .init(isOther ? "(\(group.otherCount) more)" : group.values[1] ?? "", isOther ? .dim : .cyan),
                    .init("\(group.totals.reportCount)"), .init(HumanText.percent(group.totals.reportCount, of: total)),
                    .init(HumanText.byteCount(group.totals.bodyByteCount)),
                ]
            })
    }

    private func bold(_ text: String) -> String {
        console.styled(text, .bold)
    }
}
