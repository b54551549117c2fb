internal import Deliveries
internal import GRDB
internal import Journal
internal import Quarantine

/// The events after a position, sorted by time. Events of one kind always keep the order of their IDs.
package struct FeedPage: Sendable {
    package let events: [FeedEvent]
    /// The start of the next page.
    package let end: FeedPosition
    package let hasMore: Bool
}

extension ArchiveReader {
    /// The events after `position`: at most `limit` arrivals, `limit` rejected deliveries and `limit` replays. Arrivals
    /// that are not indexed yet follow on a later page.
    ///
    /// - Parameter includesRejected: whether rejected deliveries of the filter's sources are included.
    package func feed(
        after position: FeedPosition, matching filter: ReportFilter, includesRejected: Bool, limit: Int = 1000
    ) throws -> FeedPage {
        let rejected = try quarantined { reader in
            let start = position.rejected.rawValue
            let last = max(start, try reader.lastID())
            guard includesRejected, last > start else { return FeedMerge.Stream(events: [], end: last) }
            let found = try reader.rejected(after: start, sources: filter.sources, newest: false, limit: limit)
            let isCut = found.count == limit
            return FeedMerge.Stream(
                events: found.map { .rejected($0) }, end: isCut ? found.last?.id.rawValue ?? last : last, isCut: isCut)
        }
        return try read { db in
            FeedMerge.page(
                position, try arrivals(after: position, filter, limit, db), rejected,
                try replays(after: position, filter, limit, db))
        }
    }

    private func arrivals(
        after position: FeedPosition, _ filter: ReportFilter, _ limit: Int, _ db: Database
    ) throws -> FeedMerge.Stream {
        let last = try IndexState.firstUnindexedArrival(db).rawValue - 1
        let found = try FeedRows.arrivals(after: position.arrival.rawValue, limit: limit, db)
        guard let first = found.first, let end = found.last else {
            return FeedMerge.Stream(events: [], end: max(position.arrival.rawValue, last))
        }
        let isCut = found.count == limit
        var events: [FeedEvent] = []
        if let matcher = try ArrivalMatcher(filter, dictionaries, db) {
            let releases = try FeedRows.releases(ArrivalID.deliveries(first.id...end.id), db)
            for (id, report) in found {
                guard let summary = try matcher.summary(ofReport: report, arrival: id, db) else { continue }
                events.append(.arrived(FeedArrival(report: summary, releasedFrom: releases[summary.deliveryID])))
            }
        }
        return FeedMerge.Stream(events: events, end: isCut ? end.id : last, isCut: isCut)
    }

    private func replays(
        after position: FeedPosition, _ filter: ReportFilter, _ limit: Int, _ db: Database
    ) throws -> FeedMerge.Stream {
        let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM replay") ?? 0
        guard last > position.replay else { return FeedMerge.Stream(events: [], end: last) }
        let found = try FeedRows.replays(after: position.replay, newest: false, limit: limit, db)
        let wanted = try found.filter { try isWanted($0, filter, db) }
        let isCut = found.count == limit
        return FeedMerge.Stream(
            events: wanted.map { .replayed($0) }, end: isCut ? found.last?.number ?? last : last, isCut: isCut)
    }

    /// The maximum number of reports that are read for one replayed delivery.
    private static let replayedReportLimit = 1000

    /// True if the replayed delivery contains a report that matches the filter. Ignores the filter's times.
    private func isWanted(_ replay: FeedReplay, _ filter: ReportFilter, _ db: Database) throws -> Bool {
        guard !filter.wantsEverything else { return true }
        let id = replay.record.deliveryID.rawValue
        var filter = filter
        filter.since = nil
        guard (1..<ArrivalID.deliveryLimit).contains(id), let matcher = try ArrivalMatcher(filter, dictionaries, db)
        else { return false }
        let range = ArrivalID.range(id...id)
        return try FeedRows.arrivals(
            after: range.lowerBound, through: range.upperBound, limit: Self.replayedReportLimit, db
        ).contains { try matcher.summary(ofReport: $0.report, arrival: $0.id, db) != nil }
    }

    func quarantined<Value>(_ work: (QuarantineReader) throws -> Value) throws -> Value {
        let reader = QuarantineReader(directory)
        defer { reader.close() }
        return try work(reader)
    }

    /// The last events up to a position, oldest first.
    ///
    /// - Parameter count: the maximum number of events.
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
        let arrivals = try reports(matching: wanted).reversed().map { report in
            FeedEvent.arrived(
                FeedArrival(report: report, releasedFrom: try release(of: report.deliveryID)?.quarantineID))
        }
        let rejected =
            includesRejected
            ? try quarantined { try $0.rejected(after: 0, sources: filter.sources, newest: true, limit: count) }
                .filter { $0.id.rawValue <= position.rejected.rawValue } : []
        let replays = try read { db in
            try FeedRows.replays(after: 0, newest: true, limit: count, db).filter {
                try $0.number <= position.replay && isWanted($0, filter, db)
            }
        }
        let streams = [arrivals, rejected.map { .rejected($0) }, replays.map { .replayed($0) }]
        return FeedMerge.merged(streams.map { $0[...] }).suffix(count)
    }
}

/// Merges arrivals, rejected deliveries and replays by time; each stream keeps the order of its IDs.
enum FeedMerge {
    /// The events of one kind that a page may contain.
    struct Stream {
        let events: [FeedEvent]
        /// The ID of the last event that was read, including events that do not match.
        let end: Int64
        /// True if more events follow the events that were read.
        var isCut = false
    }

    /// Builds a page. If streams are cut, the cut stream that ends earliest determines the end of the page. The page
    /// contains all events of this stream, so each page makes progress. Later events of other streams follow on the
    /// next page.
    static func page(_ start: FeedPosition, _ arrivals: Stream, _ rejected: Stream, _ replays: Stream) -> FeedPage {
        let streams = [arrivals, rejected, replays]
        var horizon: Timestamp?
        var whole: Int?
        for (index, stream) in streams.enumerated() where stream.isCut {
            let last = stream.events.last?.time ?? Timestamp(millisecondsSinceEpoch: .min)
            if last <= horizon ?? last { (horizon, whole) = (last, index) }
        }
        let used = streams.enumerated().map { index, stream in
            guard let horizon, index != whole else { return stream.events[...] }
            return stream.events.prefix { $0.time <= horizon }
        }
        var end = start
        let events = merged(used)
        for event in events { end.advance(past: event) }
        if used[0].count == arrivals.events.count { end.arrival = ReportID(rawValue: arrivals.end) }
        if used[1].count == rejected.events.count { end.rejected = QuarantineID(rawValue: rejected.end) }
        if used[2].count == replays.events.count { end.replay = replays.end }
        return FeedPage(events: events, end: end, hasMore: whole != nil)
    }

    /// Merges the streams by time. At equal times, events of an earlier stream precede events of a later stream.
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
