internal import Deliveries
internal import GRDB
internal import Journal
internal import Quarantine

extension ArchiveReader {
    /// The last events up to a position, oldest first.
    ///
    /// - Parameter count: at most so many.
    package func lastEvents(
        _ count: Int, upTo position: FeedPosition, matching filter: ReportFilter, includesRejected: Bool
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
        let rejected =
            includesRejected
            ? try quarantined { reader throws(ArchiveError) in
                try reader.rejected(after: 0, sources: filter.sources, newest: true, limit: count)
            }.filter { $0.id.rawValue <= position.rejected.rawValue } : []
        let replays = try read { db in
            try FeedRows.replays(after: 0, newest: true, limit: count, db).filter {
                try $0.number <= position.replay && ReplayMatch.isWanted($0, filter, dictionaries, db)
            }
        }
        let streams = [arrivals, rejected.map { .rejected($0) }, replays.map { .replayed($0) }]
        return FeedMerge.merged(streams.map { $0[...] }).suffix(count)
    }
}
