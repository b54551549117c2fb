package import Analysis
internal import Deliveries
internal import Journal
package import ReportIndex
package import StrictJSON
package import TerminalOutput

/// Totals as a row. The names are a stable interface; docs/cli-json.md lists them.
package struct StatsRow {
    let group: GroupedTotals.Group
    /// The totals that count as 100 % for shares.
    let whole: ArrivalTotals
    let span: StatsOverview.Span?
    /// True for the last row of a table, which is the sum.
    var isTotal = false

    package init(group: GroupedTotals.Group, whole: ArrivalTotals, span: StatsOverview.Span?, isTotal: Bool = false) {
        self.group = group
        self.whole = whole
        self.span = span
        self.isTotal = isTotal
    }

    private var totals: ArrivalTotals { group.totals }

    /// One column for each dimension, then the totals.
    ///
    /// - Parameter clock: the time zone of hours in a table.
    package static func members(_ dimensions: [StatsDimension], on clock: DayClock = .utc) -> [RowMember<StatsRow>] {
        let named = dimensions.enumerated().map { index, dimension in
            RowMember<StatsRow>(
                dimension.rawValue,
                .text(dimension.rawValue.uppercased(), shortest: dimension.isTime ? nil : dimension == .type ? 28 : 8)
            ) { row in
                .optional(row.group.values.indices.contains(index) ? row.group.values[index] : nil)
            } cell: { row in
                row.cell(of: dimension, index, clock)
            }
        }
        return named + totalMembers(showsRate: dimensions.first?.isTime != true) + [
            .init("others") { .integer(Int64($0.group.otherCount)) }
        ]
    }

    /// - Parameter showsRate: whether a table has a column for the reports per day.
    static func totalMembers(showsRate: Bool = true) -> [RowMember<StatsRow>] {
        func size(_ name: String, _ title: String, _ leavesAs: Int?, _ count: @escaping (StatsRow) -> Int64)
            -> RowMember<StatsRow>
        {
            .init(name, .number(title, leavesAs: leavesAs)) {
                .integer(count($0))
            } cell: {
                .init(HumanText.byteCount(count($0)))
            }
        }
        func part(
            _ name: String, _ title: String, _ leavesAs: Int?, _ part: @escaping (StatsRow) -> (Int64, Int64)
        ) -> RowMember<StatsRow> {
            .init(name, .number(title, leavesAs: leavesAs)) {
                Self.part(part($0))
            } cell: {
                .init(HumanText.percent(part($0).0, of: part($0).1))
            }
        }
        return [
            .init("reports", .number("REPORTS")) { .integer($0.totals.reportCount) },
            .init("attempts", .number("TRIES", leavesAs: 4)) { .integer($0.totals.arrivalCount) },
            size("bodyBytes", "BODIES", 3) { $0.totals.bodyByteCount },
            size("storedBytes", "STORED", 1) { $0.totals.storedByteCount },
            part("ratio", "RATIO", 2) { ($0.totals.storedByteCount, $0.totals.bodyByteCount) },
            part("share", "SHARE", 6) { ($0.totals.reportCount, $0.whole.reportCount) },
            .init("perDay", showsRate ? .number("A DAY", leavesAs: 5) : nil) { row in
                row.perDay.map { .number(($0 * 100).rounded() / 100) } ?? .null
            } cell: {
                .init($0.perDay.map { HumanText.rate($0) } ?? "-")
            },
            .init("firstReceivedAt") { .optional($0.totals.first?.rfc3339) },
            .init("lastReceivedAt") { .optional($0.totals.last?.rfc3339) },
        ]
    }

    private var perDay: Double? {
        span.map { Double(totals.reportCount) / $0.days(from: totals.first) }
    }

    private func cell(of dimension: StatsDimension, _ index: Int, _ clock: DayClock) -> Table.Cell {
        guard !isTotal else { return .init(index == 0 ? "total" : "", .dim) }
        guard group.values.indices.contains(index) else {
            return .init(index == 0 ? "(\(group.otherCount) more)" : "", .dim)
        }
        guard let value = group.values[index] else {
            return .init(dimension == .topic || dimension == .rule ? "unrouted" : "-", .yellow)
        }
        guard dimension == .hour, let hour = Timestamp(rfc3339: value.utf8) else { return .init(value) }
        let (day, time) = clock.parts(of: hour)
        return .init("\(day) \(time.prefix(5))")
    }

    /// A ratio with four decimals; null if the whole is zero.
    private static func part(_ pair: (part: Int64, whole: Int64)) -> JSONText {
        pair.whole > 0 ? .number((Double(pair.part) / Double(pair.whole) * 10_000).rounded() / 10_000) : .null
    }
}

extension StatsOverview {
    /// The overview as one JSON object. docs/cli-json.md lists the names.
    package var json: JSONText {
        func rows(_ groups: [GroupedTotals.Group], _ dimensions: [StatsDimension]) -> JSONText {
            let members = StatsRow.members(dimensions)
            return .array(groups.map { .object(members.object(StatsRow(group: $0, whole: total, span: span))) })
        }
        let whole = StatsRow(group: GroupedTotals.Group(values: [], totals: total), whole: total, span: span)
        return .object(
            [
                .init("since", .optional(span?.start.rfc3339)), .init("until", .optional(span?.end.rfc3339)),
            ] + StatsRow.totalMembers().object(whole) + [
                .init("unrouted", .integer(unroutedCount)), .init("unrecognised", .integer(unrecognisedCount)),
                .init("quarantined", rejectedCount.map { .integer($0) } ?? .null),
                .init("sources", rows(sources, [.source])),
                .init("rhythms", .array(rhythms.map { $0.json(now) })),
                .init("verifications", rows(verifications, [.verification])),
                .init("types", rows(types, [.provider, .type])), .init("chart", chart?.json ?? .null),
                .init("week", week.map { .array($0.map { .array($0.map { .integer($0) }) }) } ?? .null),
            ])
    }
}

extension SourceRhythm {
    fileprivate func json(_ now: Timestamp) -> JSONText {
        func seconds(_ milliseconds: Int64) -> JSONText { .number(Double(milliseconds) / 1000) }
        return .object([
            .init("source", .string(source)), .init("lastReceivedAt", .string(lastReceivedAt.rfc3339)),
            .init("quietSeconds", seconds(silence(at: now))),
            .init("usualGapSeconds", usualGapMilliseconds.map(seconds) ?? .null),
            .init("isQuiet", .boolean(isQuiet(at: now))),
        ])
    }
}

extension TimeChart {
    fileprivate var json: JSONText {
        .object([
            .init("since", .string(start.rfc3339)), .init("until", .string(end.rfc3339)),
            .init("barSeconds", .integer(barMilliseconds / 1000)),
            .init("attempts", .array(values.map { .integer($0) })),
        ])
    }
}
