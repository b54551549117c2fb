package import Deliveries
internal import Foundation
internal import GRDB

/// How far somebody has followed an archive: the last of each of the things that come one after another.
package struct FeedPosition: Sendable, Equatable {
    /// The last arrival of a report, whether anybody wanted it or not.
    package var arrival: ReportID
    package var refused: QuarantineID
    package var replay: Int64

    /// Before everything.
    package static let start = FeedPosition(
        arrival: ReportID(rawValue: 0), refused: QuarantineID(rawValue: 0), replay: 0)

    package init(arrival: ReportID, refused: QuarantineID, replay: Int64) {
        self.arrival = arrival
        self.refused = refused
        self.replay = replay
    }

    /// The delivery up to which it goes; nil before the first.
    package var deliveryID: DeliveryID? {
        let id = ArrivalID(rawValue: arrival.rawValue).deliveryID
        return id > 0 ? DeliveryID(rawValue: id) : nil
    }

    /// Goes on to an event that was told of.
    package mutating func advance(past event: FeedEvent) {
        switch event {
        case .arrived(let arrival): self.arrival = arrival.report.arrivalID
        case .refused(let refused): self.refused = refused.id
        case .replayed(let replay): self.replay = replay.number
        }
    }
}

extension ArchiveReader {
    /// More deliveries than this that are not indexed yet are no lag but a rebuild.
    private static let lagLimit: Int64 = 10_000

    /// Where an archive ends now: what comes from here on is new. So is what is about to be indexed, unless it is very much:
    /// then the projection is being filled anew.
    package func feedEnd() throws(ArchiveReadFailure) -> FeedPosition {
        try read { db in
            var end = try Self.indexedEnd(db)
            let lag = try ProjectionLag.State(db).count
            if lag > Self.lagLimit {
                let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM journal") ?? 0
                let id = ArrivalID(min(max(0, last), ArrivalID.deliveryLimit - 1) + 1, 0)
                end.arrival = ReportID(rawValue: id.rawValue - 1)
            }
            return end
        }
    }

    private static func indexedEnd(_ db: Database) throws -> FeedPosition {
        FeedPosition(
            arrival: ReportID(rawValue: try ProjectionTables.firstHiddenArrival(db).rawValue - 1),
            refused: QuarantineID(rawValue: try Int64.fetchOne(db, sql: "SELECT max(id) FROM quarantine") ?? 0),
            replay: try Int64.fetchOne(db, sql: "SELECT max(id) FROM replay") ?? 0)
    }

    /// Where that begins which came at `moment` or after. Some of what follows may be older, where a clock was set back.
    package func feedPosition(since moment: Timestamp) throws(ArchiveReadFailure) -> FeedPosition {
        try read { db in
            let end = try Self.indexedEnd(db)
            let time = moment.millisecondsSinceEpoch
            var first: Int64?
            if let range = try TimeSpan.deliveries(since: moment, until: nil, db) {
                first = try Int64.fetchOne(
                    db,
                    sql: "SELECT id FROM journal WHERE id >= ? AND receivedAtMilliseconds >= ? ORDER BY id LIMIT 1",
                    arguments: [range.lowerBound, time])
            }
            let arrival = first.map { max(0, ArrivalID(min($0, ArrivalID.deliveryLimit), 0).rawValue - 1) }
            let refused = try Int64.fetchOne(
                db, sql: "SELECT min(id) FROM quarantine WHERE receivedAtMilliseconds >= ?", arguments: [time])
            let replay = try Int64.fetchOne(
                db, sql: "SELECT min(id) FROM replay WHERE startedAtMilliseconds >= ?", arguments: [time])
            return FeedPosition(
                arrival: ReportID(rawValue: min(arrival ?? .max, end.arrival.rawValue)),
                refused: QuarantineID(rawValue: min(refused.map { $0 &- 1 } ?? .max, end.refused.rawValue)),
                replay: min(replay.map { $0 &- 1 } ?? .max, end.replay))
        }
    }

    /// What a later reader knows by whether it is still the same archive: the chain of the delivery that a position is at.
    /// Nil where nothing came yet, and where retention took that delivery.
    package func mark(of position: FeedPosition) throws(ArchiveReadFailure) -> ChainMark? {
        guard let id = position.deliveryID else { return nil }
        return try read { db in
            try Data.fetchOne(db, sql: "SELECT chain FROM journal WHERE id = ?", arguments: [id.rawValue])
                .map { ChainMark(id: id, chain: Array($0)) }
        }
    }

    /// Whether a position that somebody kept is one of this archive's: it ends no earlier, and the delivery that was marked
    /// is the same, or retention took it.
    package func recognises(_ position: FeedPosition, _ mark: ChainMark?) throws(ArchiveReadFailure) -> Bool {
        try read { db in
            let last = try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(coalesce((SELECT max(id) FROM journal), 0), coalesce((SELECT max(lastId) FROM gap), 0))
                    """)
            guard last ?? 0 >= max(position.deliveryID?.rawValue ?? 0, mark?.id.rawValue ?? 0) else { return false }
            guard let mark else { return true }
            let chain = try Data.fetchOne(
                db, sql: "SELECT chain FROM journal WHERE id = ?", arguments: [mark.id.rawValue])
            return chain.map { Array($0) == mark.chain } ?? true
        }
    }
}

extension ReportSummary {
    /// The delivery that brought the report first, whichever arrival this is.
    package var firstDeliveryID: DeliveryID {
        DeliveryID(rawValue: ArrivalID(rawValue: reportID.rawValue).deliveryID)
    }
}
