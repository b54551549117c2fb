internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// Goes through an archive for `callbox stats`, and says how far it is where that takes a while.
struct StatsCounting {
    /// A count that is done sooner says nothing.
    private static let quietTime: Duration = .milliseconds(300)

    let reader: ArchiveReader
    let filter: ReportFilter
    let now: Timestamp
    let console: Console

    func groups(_ dimensions: [StatsDimension]) throws(ArchiveReadFailure) -> GroupedTotals {
        var groups = GroupedTotals(dimensions)
        try forEachTotal(in: .hours) { groups.add($0, $1, .hours) }
        return groups
    }

    func overview() throws(ArchiveReadFailure) -> StatsOverview {
        var gathering = StatsGathering(filter, slots: StatsSpan.slots(filter, now: now), now: now)
        try forEachTotal(in: StatsSpan.slots(filter, now: now)) { gathering.add($0, $1) }
        let rejectedCount = try filter.looksAtReports || !filter.sources.isEmpty ? nil : reader.quarantinedCount()
        return gathering.overview(
            rhythms: try rhythms(), rejectedCount: rejectedCount, barLimit: ChartLines.barLimit(width: console.width))
    }

    /// Of the sources that the filter is about. Not for a time that has passed, nor where each report has to be looked at.
    private func rhythms() throws(ArchiveReadFailure) -> [SourceRhythm] {
        guard filter.until ?? now >= now, !filter.looksAtEachReport else { return [] }
        var rhythms: [SourceRhythm] = []
        for source in try reader.reportSources(limit: StatsGathering.sourceLimit)
        where filter.sources.isEmpty || filter.sources.contains(source) {
            if let rhythm = try reader.rhythm(of: source, matching: filter) { rhythms.append(rhythm) }
        }
        return rhythms
    }

    private func forEachTotal(
        in slots: TimeSlots, _ body: (ArrivalKey, ArrivalTotals) -> Void
    ) throws(ArchiveReadFailure) {
        let start = ContinuousClock.now
        var isShown = false
        defer { if isShown { console.progress("") } }
        try reader.forEachTotal(
            matching: filter, in: slots,
            progress: { part in
                guard ContinuousClock.now - start > Self.quietTime else { return }
                isShown = true
                console.progress("counting: \(HumanText.percent(Int64(exactly: (part * 100).rounded()) ?? 0, of: 100))")
            }, body)
    }
}
