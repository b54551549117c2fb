internal import Deliveries
internal import GRDB

extension ArchiveReader {
    /// The last events up to a position, oldest first.
    ///
    /// - Parameter count: at most so many.
    package func lastEvents(
        _ count: Int, upTo position: FeedPosition, matching filter: ReportFilter, includesRefused: Bool
    ) throws(ArchiveReadFailure) -> [FeedEvent] {
        guard count > 0 else { return [] }
        var wanted = filter
        wanted.listsAttempts = true
        wanted.limit = count
        if position.arrival.rawValue < .max {
            wanted.before = ReportID(rawValue: position.arrival.rawValue + 1)
        }
        var arrivals: [FeedEvent] = []
        for report in try reports(matching: wanted).reversed() {
            let promotion = try promotion(of: report.deliveryID)
            arrivals.append(.arrived(FeedArrival(report: report, promotedFrom: promotion?.quarantineID)))
        }
        let (refused, replays) = try read { db in
            let refused =
                includesRefused
                ? try FeedRows.refused(after: 0, sources: filter.sources, newest: true, limit: count, db) : []
            let replays = try FeedRows.replays(after: 0, newest: true, limit: count, db)
            return (
                refused.filter { $0.id.rawValue <= position.refused.rawValue },
                try replays.filter {
                    try $0.number <= position.replay && ReplayMatch.isWanted($0, filter, dictionaries, db)
                }
            )
        }
        let streams = [arrivals, refused.map { .refused($0) }, replays.map { .replayed($0) }]
        return FeedMerge.merged(streams.map { $0[...] }).suffix(count)
    }
}
