internal import Analysis
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Totals as JSON. The names are an interface: docs/cli-json.md lists them.
enum StatsRecord {
    static let totalNames = [
        "reports", "attempts", "bodyBytes", "storedBytes", "ratio", "share", "perDay", "firstReceivedAt",
        "lastReceivedAt",
    ]

    /// - Parameter whole: what the share is of.
    static func values(_ totals: ArrivalTotals, of whole: ArrivalTotals, _ span: StatsOverview.Span?) -> [JSONText] {
        [
            .integer(totals.reportCount), .integer(totals.arrivalCount), .integer(totals.bodyByteCount),
            .integer(totals.storedByteCount), part(totals.storedByteCount, of: totals.bodyByteCount),
            part(totals.reportCount, of: whole.reportCount),
            span.map { .number(rounded(Double(totals.reportCount) / $0.days)) } ?? .null,
            .optional(totals.first?.rfc3339), .optional(totals.last?.rfc3339),
        ]
    }

    static func json(_ overview: StatsOverview) -> JSONText {
        func groups(_ groups: [GroupedTotals.Group], _ dimensions: [StatsDimension]) -> JSONText {
            .array(groups.map { group($0, dimensions, of: overview.total, overview.span) })
        }
        return .object(
            [
                .init("since", .optional(overview.span?.start.rfc3339)),
                .init("until", .optional(overview.span?.end.rfc3339)),
            ] + members(totalNames, values(overview.total, of: overview.total, overview.span))
                + [
                    .init("unrouted", .integer(overview.unroutedCount)),
                    .init("unrecognised", .integer(overview.unrecognisedCount)),
                    .init("quarantined", overview.rejectedCount.map { .integer($0) } ?? .null),
                    .init("sources", groups(overview.sources, [.source])),
                    .init("rhythms", .array(overview.rhythms.map { rhythm($0, overview.now) })),
                    .init("verifications", groups(overview.verifications, [.verification])),
                    .init("types", groups(overview.types, [.provider, .type])),
                    .init("chart", overview.chart.map(chart) ?? .null),
                    .init(
                        "week",
                        overview.week.map { .array($0.map { .array($0.map { .integer($0) }) }) } ?? .null),
                ])
    }

    static func names(_ dimensions: [StatsDimension]) -> [String] {
        dimensions.map(\.rawValue) + totalNames + ["others"]
    }

    static func values(
        _ group: GroupedTotals.Group, _ dimensions: [StatsDimension], of whole: ArrivalTotals,
        _ span: StatsOverview.Span?
    ) -> [JSONText] {
        dimensions.indices.map { .optional(group.values.indices.contains($0) ? group.values[$0] : nil) }
            + values(group.totals, of: whole, span) + [.integer(Int64(group.otherCount))]
    }

    static func group(
        _ group: GroupedTotals.Group, _ dimensions: [StatsDimension], of whole: ArrivalTotals,
        _ span: StatsOverview.Span?
    ) -> JSONText {
        .object(members(names(dimensions), values(group, dimensions, of: whole, span)))
    }

    private static func rhythm(_ rhythm: SourceRhythm, _ now: Timestamp) -> JSONText {
        func seconds(_ milliseconds: Int64) -> JSONText { .number(Double(milliseconds) / 1000) }
        return .object([
            .init("source", .string(rhythm.source)), .init("lastReceivedAt", .string(rhythm.lastReceivedAt.rfc3339)),
            .init("quietSeconds", seconds(rhythm.silence(at: now))),
            .init("usualGapSeconds", rhythm.usualGapMilliseconds.map(seconds) ?? .null),
            .init("isQuiet", .boolean(rhythm.isQuiet(at: now))),
        ])
    }

    private static func chart(_ chart: TimeChart) -> JSONText {
        .object([
            .init("since", .string(chart.start.rfc3339)), .init("until", .string(chart.end.rfc3339)),
            .init("barSeconds", .integer(chart.barMilliseconds / 1000)),
            .init("attempts", .array(chart.values.map { .integer($0) })),
        ])
    }

    private static func members(_ names: [String], _ values: [JSONText]) -> [JSONText.Member] {
        zip(names, values).map { JSONText.Member($0, $1) }
    }

    /// Four digits behind the point; null where there is nothing to compare with.
    private static func part(_ part: Int64, of whole: Int64) -> JSONText {
        whole > 0 ? .number((Double(part) / Double(whole) * 10_000).rounded() / 10_000) : .null
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 100).rounded() / 100
    }
}
