package import Deliveries
internal import Journal
package import ReportIndex

/// Counts what an archive holds.
package struct StatsCounting {
    /// A count that is done sooner says nothing.
    private static let quietTime: Duration = .milliseconds(300)

    private let reader: ArchiveReader
    private let filter: ReportFilter
    private let now: Timestamp
    /// Most bars of the chart.
    private let barLimit: Int
    /// Told the part that is done, from 0 to 1, if it takes a while.
    private let progress: (Double) -> Void

    package init(
        _ reader: ArchiveReader, _ filter: ReportFilter, now: Timestamp, barLimit: Int,
        progress: @escaping (Double) -> Void
    ) {
        self.reader = reader
        self.filter = filter
        self.now = now
        self.barLimit = barLimit
        self.progress = progress
    }

    package func groups(_ dimensions: [StatsDimension]) throws -> GroupedTotals {
        var groups = GroupedTotals(dimensions)
        try forEachTotal(in: .hours) { groups.add($0, $1, .hours) }
        return groups
    }

    package func overview() throws -> StatsOverview {
        var gathering = StatsGathering(filter, slots: StatsSpan.slots(filter, now: now), now: now)
        try forEachTotal(in: StatsSpan.slots(filter, now: now)) { gathering.add($0, $1) }
        let rejectedCount = try filter.looksAtReports || !filter.sources.isEmpty ? nil : reader.quarantinedCount()
        return gathering.overview(
            rhythms: try rhythms(), rejectedCount: rejectedCount, barLimit: barLimit)
    }

    /// Of the sources that the filter is about. Not for a time that has passed, nor where each report has to be looked at.
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
