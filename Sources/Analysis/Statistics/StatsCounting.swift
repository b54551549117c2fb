package import Deliveries
internal import Journal
package import ReportIndex

/// Counts arrivals for `callbox stats`.
package struct StatsCounting {
    /// The time after which the first progress is reported. Most counts end earlier.
    private static let quietTime: Duration = .milliseconds(300)

    private let reader: ArchiveReader
    private let filter: ReportFilter
    private let now: Timestamp
    private let barLimit: Int
    private let offset: (Timestamp) -> Int64
    private let progress: (Double) -> Void

    /// - Parameters:
    ///   - barLimit: the maximum number of bars of the chart.
    ///   - offset: the time zone for days and hours of the week, in milliseconds east of UTC.
    ///   - progress: called with the completed fraction, from 0 to 1.
    package init(
        _ reader: ArchiveReader, _ filter: ReportFilter, now: Timestamp, barLimit: Int,
        offset: @escaping (Timestamp) -> Int64 = { _ in 0 }, progress: @escaping (Double) -> Void
    ) {
        self.reader = reader
        self.filter = filter
        self.now = now
        self.barLimit = barLimit
        self.offset = offset
        self.progress = progress
    }

    package func groups(_ dimensions: [StatsDimension]) throws -> GroupedTotals {
        var groups = GroupedTotals(dimensions, offset: offset)
        try forEachTotal(in: .hours) { groups.add($0, $1, .hours) }
        return groups
    }

    package func overview() throws -> StatsOverview {
        var gathering = StatsGathering(filter, slots: StatsSpan.slots(filter, now: now), now: now, offset: offset)
        try forEachTotal(in: StatsSpan.slots(filter, now: now)) { gathering.add($0, $1) }
        let rejectedCount = try filter.looksAtReports || !filter.sources.isEmpty ? nil : reader.quarantinedCount()
        return gathering.overview(
            rhythms: try rhythms(), rejectedCount: rejectedCount, barLimit: barLimit)
    }

    /// The rhythms of the filter's sources. Empty if the filter ends in the past, or if its conditions must be checked
    /// for each report.
    private func rhythms() throws -> [SourceRhythm] {
        guard filter.until ?? now >= now, !filter.looksAtEachReport else { return [] }
        var rhythms: [SourceRhythm] = []
        for source in try reader.vocabulary().sources.prefix(StatsGathering.sourceLimit)
        where filter.sources.isEmpty || filter.sources.contains(source) {
            if let rhythm = try reader.rhythm(of: source, matching: filter) { rhythms.append(rhythm) }
        }
        return rhythms
    }

    private func forEachTotal(
        in slots: TimeSlots, _ body: (ArrivalKey, ArrivalTotals) -> Void
    ) throws {
        let start = ContinuousClock.now
        try reader.forEachTotal(
            matching: filter, in: slots,
            progress: { part in if ContinuousClock.now - start > Self.quietTime { progress(part) } }, body)
    }
}
