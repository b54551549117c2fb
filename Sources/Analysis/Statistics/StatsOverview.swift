package import Deliveries
internal import Journal
package import ReportIndex

/// What came, as one page: how much, from where, when, and who has gone quiet.
package struct StatsOverview {
    /// The time that is looked at. `start` is the first arrival where no filter says.
    package struct Span: Equatable {
        package let start: Timestamp
        package let end: Timestamp

        /// In days; an hour at least, so that a rate over a moment says nothing wild.
        package var days: Double {
            Double(max(3_600_000, end.milliseconds(since: start))) / 86_400_000
        }
    }

    package let span: Span?
    package let total: ArrivalTotals
    package let sources: [GroupedTotals.Group]
    package let types: [GroupedTotals.Group]
    package let verifications: [GroupedTotals.Group]
    /// Reports that no route took.
    package let unroutedCount: Int64
    /// Reports that could not be read.
    package let unrecognisedCount: Int64
    /// Deliveries in the quarantine; nil where a filter asks for what they do not have.
    package let rejectedCount: Int64?
    /// By name of the source.
    package let rhythms: [SourceRhythm]
    package let chart: TimeChart?
    /// Hours of the week, where the time is longer than two days.
    package let week: [[Int64]]?
    package let now: Timestamp
}

/// Takes in totals and makes the page of them.
struct StatsGathering {
    static let typeLimit = 10
    /// Sources that are listed by themselves.
    static let sourceLimit = 100
    private static let longSpan: Int64 = 2 * 86_400_000

    private let filter: ReportFilter
    private let now: Timestamp
    private var sources = GroupedTotals([.source])
    private var types = GroupedTotals([.provider, .type])
    private var verifications = GroupedTotals([.verification])
    private var counts: SlotCounts
    private var unroutedCount: Int64 = 0
    private var unrecognisedCount: Int64 = 0

    init(_ filter: ReportFilter, slots: TimeSlots, now: Timestamp) {
        self.filter = filter
        self.now = now
        counts = SlotCounts(slots)
    }

    mutating func add(_ key: ArrivalKey, _ totals: ArrivalTotals) {
        sources.add(key, totals, counts.slots)
        types.add(key, totals, counts.slots)
        verifications.add(key, totals, counts.slots)
        counts.add(totals.arrivalCount, in: key.slot)
        if key.route == nil { unroutedCount += totals.reportCount }
        if key.type == ReportContent.unrecognisedType { unrecognisedCount += totals.reportCount }
    }

    /// - Parameter barLimit: most bars of the chart.
    func overview(rhythms: [SourceRhythm], rejectedCount: Int64?, barLimit: Int) -> StatsOverview {
        let span = StatsSpan.span(filter, sources.total, now: now)
        return StatsOverview(
            span: span, total: sources.total, sources: sources.ordered(limit: Self.sourceLimit),
            types: types.ordered(limit: Self.typeLimit), verifications: verifications.ordered(),
            unroutedCount: unroutedCount, unrecognisedCount: unrecognisedCount, rejectedCount: rejectedCount,
            rhythms: rhythms, chart: span.flatMap { chart($0, barLimit) },
            week: span.flatMap { $0.end.milliseconds(since: $0.start) > Self.longSpan ? counts.week : nil }, now: now)
    }

    /// Of the last day where no filter says when and something came then, else of the whole time.
    private func chart(_ span: StatsOverview.Span, _ barLimit: Int) -> TimeChart? {
        guard sources.total.arrivalCount > 0 else { return nil }
        var start = span.start
        let dayAgo = now.advanced(byMilliseconds: -86_400_000)
        if filter.since == nil, filter.until == nil, let last = sources.total.last, last >= dayAgo {
            start = max(start, dayAgo)
        }
        return counts.chart(from: start, to: span.end, limit: barLimit)
    }
}

/// Which time numbers are about.
package enum StatsSpan {
    /// From where the filter begins, or the first arrival, to where it ends, or now. Nil where nothing came and no filter says.
    package static func span(_ filter: ReportFilter, _ total: ArrivalTotals, now: Timestamp) -> StatsOverview.Span? {
        guard let start = filter.since ?? total.first else { return nil }
        // A clock that was set back may have left arrivals after now.
        let end = min(filter.until ?? .max, max(now, total.last ?? now))
        return StatsOverview.Span(start: start, end: max(start, end))
    }

    /// Minutes for a filter that begins less than six hours ago, else hours.
    package static func slots(_ filter: ReportFilter, now: Timestamp) -> TimeSlots {
        guard let since = filter.since, (filter.until ?? now).milliseconds(since: since) <= 6 * 3_600_000 else {
            return .hours
        }
        return .minutes
    }
}

extension Timestamp {
    fileprivate static let max = Timestamp(millisecondsSinceEpoch: .max)
}
