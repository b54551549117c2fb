internal import Deliveries
internal import GRDB
internal import Journal
internal import Quarantine

/// What happened after a position, in the order of time as far as the numbers allow.
package struct FeedPage: Sendable {
    package let events: [FeedEvent]
    /// The start of the next page.
    package let end: FeedPosition
    /// Whether there is more already.
    package let hasMore: Bool
}

extension ArchiveReader {
    /// What happened after `position`: at most `limit` arrivals, rejected deliveries and replays each.
    ///
    /// Arrivals are those that queries show: what is not indexed yet follows later, in its place.
    ///
    /// - Parameter includesRejected: whether rejected deliveries of the filter's sources are included.
    package func feed(
        after position: FeedPosition, matching filter: ReportFilter, includesRejected: Bool, limit: Int = 1000
    ) throws(ArchiveReadFailure) -> FeedPage {
        let rejected = try rejected(after: position, filter, includesRejected, limit)
        return try read { db in
            let arrivals = try arrivals(after: position, filter, limit, db)
            let replays = try replays(after: position, filter, limit, db)
            return FeedMerge.page(position, arrivals, rejected, replays)
        }
    }

    private func arrivals(
        after position: FeedPosition, _ filter: ReportFilter, _ limit: Int, _ db: Database
    ) throws -> FeedMerge.Stream {
        let last = try IndexState.firstUnindexedArrival(db).rawValue - 1
        let found = try FeedRows.arrivals(after: position.arrival.rawValue, limit: limit, db)
        guard let first = found.first, let end = found.last else {
            return FeedMerge.Stream(events: [], end: max(position.arrival.rawValue, last), isCut: false)
        }
        let isCut = found.count == limit
        var events: [FeedEvent] = []
        if let conditions = try ReportConditions(filter, db).resolved {
            let matcher = ArrivalMatcher(filter, conditions, dictionaries)
            let ids = ArrivalID(rawValue: first.id).deliveryID...ArrivalID(rawValue: end.id).deliveryID
            let promotions = try FeedRows.promotions(ids, db)
            for (id, report) in found {
                guard let summary = try matcher.summary(ofReport: report, arrival: id, db) else { continue }
                let promotedFrom = promotions[summary.deliveryID.rawValue]
                events.append(.arrived(FeedArrival(report: summary, promotedFrom: promotedFrom)))
            }
        }
        return FeedMerge.Stream(events: events, end: isCut ? end.id : last, isCut: isCut)
    }

    private func rejected(
        after position: FeedPosition, _ filter: ReportFilter, _ isIncluded: Bool, _ limit: Int
    ) throws(ArchiveReadFailure) -> FeedMerge.Stream {
        let start = position.rejected.rawValue
        return try quarantined { reader throws(ArchiveError) in
            let last = max(start, try reader.lastID())
            guard isIncluded, last > start else { return FeedMerge.Stream(events: [], end: last, isCut: false) }
            let found = try reader.rejected(after: start, sources: filter.sources, newest: false, limit: limit)
            let isCut = found.count == limit
            return FeedMerge.Stream(
                events: found.map { .rejected($0) }, end: isCut ? found.last?.id.rawValue ?? last : last, isCut: isCut)
        }
    }

    /// Reads the quarantine.
    func quarantined<Value>(
        _ work: (QuarantineReader) throws(ArchiveError) -> Value
    ) throws(ArchiveReadFailure) -> Value {
        do throws(ArchiveError) {
            let reader = QuarantineReader(directory)
            defer { reader.close() }
            return try work(reader)
        } catch {
            throw .archive(error)
        }
    }

    private func replays(
        after position: FeedPosition, _ filter: ReportFilter, _ limit: Int, _ db: Database
    ) throws -> FeedMerge.Stream {
        let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM replay") ?? 0
        guard last > position.replay else { return FeedMerge.Stream(events: [], end: last, isCut: false) }
        let found = try FeedRows.replays(after: position.replay, newest: false, limit: limit, db)
        let wanted = try found.filter { try ReplayMatch.isWanted($0, filter, dictionaries, db) }
        let isCut = found.count == limit
        return FeedMerge.Stream(
            events: wanted.map { .replayed($0) }, end: isCut ? found.last?.number ?? last : last, isCut: isCut)
    }
}

/// Matches replays against a filter.
enum ReplayMatch {
    /// Most reports that are read for one delivery.
    private static let reportLimit = 1000

    /// Whether the replayed delivery brought a report that matches, whenever it arrived.
    static func isWanted(_ replay: FeedReplay, _ filter: ReportFilter, _ dictionaries: DictionaryCache, _ db: Database)
        throws -> Bool
    {
        let id = replay.record.deliveryID.rawValue
        guard !filter.wantsEverything else { return true }
        guard (1..<ArrivalID.deliveryLimit).contains(id) else { return false }
        var filter = filter
        filter.since = nil
        guard let conditions = try ReportConditions(filter, db).resolved else { return false }
        let matcher = ArrivalMatcher(filter, conditions, dictionaries)
        return try FeedRows.arrivals(
            after: ArrivalID(id, 0).rawValue, before: ArrivalID(id + 1, 0), limit: reportLimit, db
        ).contains { try matcher.summary(ofReport: $0.report, arrival: $0.id, db) != nil }
    }
}
