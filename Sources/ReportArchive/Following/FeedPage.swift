internal import Deliveries
internal import GRDB

/// What happened after a position, in the order of time as far as the numbers allow.
package struct FeedPage: Sendable {
    package let events: [FeedEvent]
    /// Where the next page begins, once all events were told of.
    package let end: FeedPosition
    /// Whether there is more already.
    package let hasMore: Bool
}

extension ArchiveReader {
    /// What happened after `position`, read under one snapshot: at most `limit` arrivals, refused deliveries and replays each.
    ///
    /// Arrivals are those that queries show: what the projection has not reached yet comes later, in its place. While the
    /// projection is filled anew nothing comes, and nothing twice: a report keeps its number.
    ///
    /// - Parameter includesRefused: whether refused deliveries are wanted, of the filter's sources.
    package func feed(
        after position: FeedPosition, matching filter: ReportFilter, includesRefused: Bool, limit: Int = 1000
    ) throws(ArchiveReadFailure) -> FeedPage {
        try read { db in
            let arrivals = try arrivals(after: position, filter, limit, db)
            let refused = try refused(after: position, filter, includesRefused, limit, db)
            let replays = try replays(after: position, filter, limit, db)
            return FeedMerge.page(position, arrivals, refused, replays)
        }
    }

    private func arrivals(
        after position: FeedPosition, _ filter: ReportFilter, _ limit: Int, _ db: Database
    ) throws -> FeedMerge.Stream {
        let hidden = try ProjectionTables.firstHiddenArrival(db)
        let found = try FeedRows.arrivals(after: position.arrival.rawValue, before: hidden, limit: limit, db)
        guard let first = found.first, let last = found.last else {
            return FeedMerge.Stream(events: [], end: max(position.arrival.rawValue, hidden.rawValue - 1), isCut: false)
        }
        let isCut = found.count == limit
        var events: [FeedEvent] = []
        if let conditions = try ReportConditions(filter, db).resolved {
            let matcher = ArrivalMatcher(filter, conditions, dictionaries)
            let ids = ArrivalID(rawValue: first.id).deliveryID...ArrivalID(rawValue: last.id).deliveryID
            let promotions = try FeedRows.promotions(ids, db)
            for (id, report) in found {
                guard let summary = try matcher.summary(ofReport: report, arrival: id, db) else { continue }
                let promotedFrom = promotions[summary.deliveryID.rawValue]
                events.append(.arrived(FeedArrival(report: summary, promotedFrom: promotedFrom)))
            }
        }
        return FeedMerge.Stream(events: events, end: isCut ? last.id : hidden.rawValue - 1, isCut: isCut)
    }

    private func refused(
        after position: FeedPosition, _ filter: ReportFilter, _ isWanted: Bool, _ limit: Int, _ db: Database
    ) throws -> FeedMerge.Stream {
        let start = position.refused.rawValue
        let last = max(start, try Int64.fetchOne(db, sql: "SELECT max(id) FROM quarantine") ?? 0)
        guard isWanted, last > start else { return FeedMerge.Stream(events: [], end: last, isCut: false) }
        let found = try FeedRows.refused(after: start, sources: filter.sources, newest: false, limit: limit, db)
        let isCut = found.count == limit
        return FeedMerge.Stream(
            events: found.map { .refused($0) }, end: isCut ? found.last?.id.rawValue ?? last : last, isCut: isCut)
    }

    private func replays(
        after position: FeedPosition, _ filter: ReportFilter, _ limit: Int, _ db: Database
    ) throws -> FeedMerge.Stream {
        // Retention takes replays with their deliveries, and the greatest number of what is left may be given again.
        let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM replay") ?? 0
        guard last > position.replay else { return FeedMerge.Stream(events: [], end: last, isCut: false) }
        let found = try FeedRows.replays(after: position.replay, newest: false, limit: limit, db)
        let wanted = try found.filter { try ReplayMatch.isWanted($0, filter, dictionaries, db) }
        let isCut = found.count == limit
        return FeedMerge.Stream(
            events: wanted.map { .replayed($0) }, end: isCut ? found.last?.number ?? last : last, isCut: isCut)
    }
}

/// Whether a replay concerns what somebody follows.
enum ReplayMatch {
    /// Reports of one delivery that are looked at.
    private static let reportLimit = 1000

    /// Whether the delivery that was sent again brought a report that the filter wants, whenever it came.
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
            after: ArrivalID(id, 0).rawValue, before: min(ArrivalID(id + 1, 0), conditions.hidden), limit: reportLimit,
            db
        ).contains { try matcher.summary(ofReport: $0.report, arrival: $0.id, db) != nil }
    }
}
