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
    ) throws -> FeedPage {
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
    ) throws -> FeedMerge.Stream {
        let start = position.rejected.rawValue
        return try quarantined { reader in
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
        _ work: (QuarantineReader) throws -> Value
    ) throws -> Value {
        let reader = QuarantineReader(directory)
        defer { reader.close() }
        return try work(reader)
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

/// Puts arrivals, rejected deliveries and replays into one order, that of time, each type in the order of its numbers.
enum FeedMerge {
    /// One type of event, as far as it was read.
    struct Stream {
        let events: [FeedEvent]
        /// The number up to which it was read, unwanted events included.
        let end: Int64
        /// Whether there is more to read.
        let isCut: Bool
    }

    /// Where a stream was cut off, the others wait: what they have from later on comes with a later page. The one whose
    /// last event is the earliest is taken whole, so every page gets further.
    static func page(
        _ start: FeedPosition, _ arrivals: Stream, _ rejected: Stream, _ replays: Stream
    ) -> FeedPage {
        let streams = [arrivals, rejected, replays]
        var horizon: Timestamp?
        var whole: Int?
        for (index, stream) in streams.enumerated() where stream.isCut {
            let last = stream.events.last?.time ?? Timestamp(millisecondsSinceEpoch: .min)
            if last <= horizon ?? last { (horizon, whole) = (last, index) }
        }
        let taken = streams.enumerated().map { index, stream in
            guard let horizon, index != whole else { return stream.events[...] }
            return stream.events.prefix { $0.time <= horizon }
        }
        var end = start
        let events = merged(taken)
        for event in events { end.advance(past: event) }
        if taken[0].count == arrivals.events.count { end.arrival = ReportID(rawValue: arrivals.end) }
        if taken[1].count == rejected.events.count { end.rejected = QuarantineID(rawValue: rejected.end) }
        if taken[2].count == replays.events.count { end.replay = replays.end }
        return FeedPage(events: events, end: end, hasMore: whole != nil)
    }

    /// Merges the streams by time; at equal times the first stream wins.
    static func merged(_ streams: [ArraySlice<FeedEvent>]) -> [FeedEvent] {
        var rest = streams
        var events: [FeedEvent] = []
        while true {
            var earliest: (index: Int, time: Timestamp)?
            for (index, stream) in rest.enumerated() {
                guard let time = stream.first?.time else { continue }
                if let earliest, earliest.time <= time { continue }
                earliest = (index, time)
            }
            guard let index = earliest?.index, let event = rest[index].popFirst() else { return events }
            events.append(event)
        }
    }
}

extension ArchiveReader {
    /// The last events up to a position, oldest first.
    ///
    /// - Parameter count: at most so many.
    package func lastEvents(
        _ count: Int, upTo position: FeedPosition, matching filter: ReportFilter, includesRejected: Bool
    ) throws -> [FeedEvent] {
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
            ? try quarantined { reader in
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
