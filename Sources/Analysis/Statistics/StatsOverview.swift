package import Deliveries
internal import Journal
package import ReportIndex

/// The results that `callbox stats` shows.
package struct StatsOverview {
    /// The time span that the overview covers.
    package struct Span: Equatable {
        package let start: Timestamp
        package let end: Timestamp
        /// True if a filter sets the start; false if the start is the first arrival.
        package var isFiltered = false

        /// The length in days. The minimum is an hour, because rates over a shorter time are meaningless.
        ///
        /// - Parameter first: the first arrival of a group, if the group starts later than the span.
        package func days(from first: Timestamp? = nil) -> Double {
            let start = isFiltered ? start : max(start, first ?? start)
            return Double(max(3_600_000, end.milliseconds(since: start))) / 86_400_000
        }
    }

    package let span: Span?
    package let total: ArrivalTotals
    package let sources: [GroupedTotals.Group]
    package let types: [GroupedTotals.Group]
    package let verifications: [GroupedTotals.Group]
    /// The number of reports without a route.
    package let unroutedCount: Int64
    /// The number of reports that could not be parsed.
    package let unrecognisedCount: Int64
    /// The number of deliveries in the quarantine; nil if a filter has conditions on reports.
    package let rejectedCount: Int64?
    /// The rhythms, sorted by the name of the source.
    package let rhythms: [SourceRhythm]
    package let chart: TimeChart?
    /// The counts of seven days from Monday, 24 hours each; nil unless the span is longer than two days.
    package let week: [[Int64]]?
    package let now: Timestamp
}

struct StatsGathering {
    static let typeLimit = 10
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

    init(_ filter: ReportFilter, slots: TimeSlots, now: Timestamp, offset: @escaping (Timestamp) -> Int64) {
        self.filter = filter
        self.now = now
        counts = SlotCounts(slots, offset: offset)
    }

    mutating func add(_ key: ArrivalKey, _ totals: ArrivalTotals) {
        sources.add(key, totals, counts.slots)
        types.add(key, totals, counts.slots)
        verifications.add(key, totals, counts.slots)
        counts.add(totals.arrivalCount, in: key.slot)
        if key.route == nil { unroutedCount += totals.reportCount }
        if key.type == ReportContent.unrecognisedType { unrecognisedCount += totals.reportCount }
    }

    func overview(rhythms: [SourceRhythm], rejectedCount: Int64?, barLimit: Int) -> StatsOverview {
        let span = StatsSpan.span(filter, sources.total, now: now)
        return StatsOverview(
            span: span, total: sources.total, sources: sources.ordered(limit: Self.sourceLimit),
            types: types.ordered(limit: Self.typeLimit), verifications: verifications.ordered(),
            unroutedCount: unroutedCount, unrecognisedCount: unrecognisedCount, rejectedCount: rejectedCount,
            rhythms: rhythms, chart: span.flatMap { chart($0, barLimit) },
            week: span.flatMap { $0.end.milliseconds(since: $0.start) > Self.longSpan ? counts.week : nil }, now: now)
    }

    /// The chart of the last day if no filter sets a time and the day has arrivals; otherwise the chart of the whole
    /// span.
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

package enum StatsSpan {
    /// The span from the filter's start or the first arrival to the filter's end or now. Nil if there is no start.
    package static func span(_ filter: ReportFilter, _ total: ArrivalTotals, now: Timestamp) -> StatsOverview.Span? {
        guard let start = filter.since ?? total.first else { return nil }
        // If the clock was set back, arrivals may be later than now.
        let end = min(filter.until ?? .max, max(now, total.last ?? now))
        return StatsOverview.Span(start: start, end: max(start, end), isFiltered: filter.since != nil)
    }

    /// Slots of a minute if the span is at most six hours, otherwise slots of an hour.
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
