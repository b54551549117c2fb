internal import Analysis
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// The page of `callbox stats` for a person.
struct StatsOverviewView {
    let overview: StatsOverview
    let charts: ChartLines

    private var console: Console { charts.console }

    var lines: [String] {
        var lines = heading + [""] + sources.lines(on: console) + quietLines
        if let chart = overview.chart {
            lines +=
                ["", bold("Arrivals, \(HumanText.barLength(chart.barMilliseconds)) a bar, UTC")]
                + charts.lines(
                    chart.values, from: chart.start, to: chart.end, barMilliseconds: chart.barMilliseconds)
        }
        if let week = overview.week {
            lines += ["", bold("Arrivals by hour of the week, UTC")] + charts.lines(week: week)
        }
        return lines + ["", bold("Most frequent types")] + types.lines(on: console)
    }

    private var heading: [String] {
        let total = overview.total
        let repeats = total.arrivalCount - total.reportCount
        var lines = [
            bold(HumanText.count(total.reportCount, "report"))
                + (repeats > 0 ? ", \(HumanText.count(repeats, "repeat"))" : "")
                + "; \(HumanText.byteCount(total.bodyByteCount)) of bodies, stored in "
                + "\(HumanText.byteCount(total.storedByteCount))"
                + " (\(HumanText.percent(total.storedByteCount, of: total.bodyByteCount)))"
        ]
        if let span = overview.span {
            lines.append(
                "from \(HumanText.time(span.start)) to \(HumanText.time(span.end)), "
                    + "\(HumanText.rate(Double(total.reportCount) / span.days)) a day")
        }
        var parts = overview.verifications.map { group in
            "\(group.totals.arrivalCount) \(group.values.first.flatMap { $0 } ?? "other")"
        }
        parts += ["\(overview.unroutedCount) unrouted", "\(overview.unrecognisedCount) unrecognised"]
        if let rejected = overview.rejectedCount { parts.append("\(rejected) in the quarantine") }
        return lines + [parts.joined(separator: ", ")]
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
                .init(
                    last.map { HumanText.silence(milliseconds: overview.now.milliseconds(since: $0)) + " ago" } ?? "-",
                    isQuiet ? .yellow : nil),
                .init(rhythm?.usualGapMilliseconds.map { "every " + HumanText.silence(milliseconds: $0) } ?? "-"),
            ]
        }
        var rows = overview.sources.map { group in
            row(group.values.first.flatMap { $0 } ?? "(\(group.otherCount) more)", group.totals)
        }
        // Those from which nothing came in this time are the ones to look after.
        let named = Set(overview.sources.compactMap { $0.values.first.flatMap { $0 } })
        rows += overview.rhythms.filter { !named.contains($0.source) }.map { row($0.source, ArrivalTotals()) }
        return Table(
            columns: [
                .init(title: "SOURCE", shortestWidth: 8), .init(title: "REPORTS", alignment: .right),
                .init(title: "TRIES", alignment: .right), .init(title: "BODIES", alignment: .right),
                .init(title: "RATIO", alignment: .right), .init(title: "LAST SEEN", alignment: .right),
                .init(title: "USUALLY", alignment: .right),
            ], rows: rows)
    }

    private var quietLines: [String] {
        overview.rhythms.filter { $0.isQuiet(at: overview.now) }.map { rhythm in
            let usual = rhythm.usualGapMilliseconds.map { HumanText.silence(milliseconds: $0) } ?? "-"
            let silence = HumanText.silence(milliseconds: rhythm.silence(at: overview.now))
            return console.styled(
                "\(TerminalText.escape(rhythm.source)) quiet for \(silence), usually \(usual)", .yellow)
        }
    }

    private var types: Table {
        let total = overview.total.reportCount
        return Table(
            columns: [
                .init(title: "PROVIDER"), .init(title: "TYPE", shortestWidth: 12),
                .init(title: "REPORTS", alignment: .right), .init(title: "SHARE", alignment: .right),
                .init(title: "BODIES", alignment: .right),
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

extension HumanText {
    /// `1 h`, `15 min`, `2 days`: the length of a bar, in whole units.
    static func barLength(_ milliseconds: Int64) -> String {
        let minutes = milliseconds / 60_000
        return switch minutes {
        case ..<60: "\(minutes) min"
        case ..<1440: "\(minutes / 60) h"
        default: HumanText.count(minutes / 1440, "day")
        }
    }
}
