package import Deliveries
internal import GRDB
package import Journal
package import Quarantine

/// A follower's position: the last event of each stream that the follower has seen.
package struct FeedPosition: Sendable, Equatable {
    /// The last arrival that was read, even if it does not match the filter.
    package var arrival: ReportID
    package var rejected: QuarantineID
    package var replay: Int64

    /// The position before all events.
    package static let start = FeedPosition(
        arrival: ReportID(rawValue: 0), rejected: QuarantineID(rawValue: 0), replay: 0)

    package init(arrival: ReportID, rejected: QuarantineID, replay: Int64) {
        self.arrival = arrival
        self.rejected = rejected
        self.replay = replay
    }

    /// The delivery of the last arrival; nil before the first arrival.
    package var deliveryID: DeliveryID? {
        let id = ArrivalID(rawValue: arrival.rawValue).deliveryID
        return id > 0 ? DeliveryID(rawValue: id) : nil
    }

    /// Moves the position past an event.
    package mutating func advance(past event: FeedEvent) {
        switch event {
        case .arrived(let arrival): self.arrival = arrival.report.arrivalID
        case .rejected(let rejected): self.rejected = rejected.id
        case .replayed(let replay): self.replay = replay.number
        }
    }
}

extension ArchiveReader {
    /// The number of unindexed entries above which a rebuild of the index is assumed.
    private static let lagLimit: Int64 = 10_000

    /// The current end of the archive. Entries that are not indexed yet count as new, unless the index is being
    /// rebuilt.
    package func feedEnd() throws -> FeedPosition {
        var end = try indexedEnd()
        let last = try read { try JournalEnd.read($0)?.position ?? 0 }
        if last - (end.deliveryID?.rawValue ?? 0) > Self.lagLimit {
            let id = min(last, ArrivalID.deliveryLimit - 1)
            end.arrival = ReportID(rawValue: ArrivalID.range(id...id).upperBound)
        }
        return end
    }

    private func indexedEnd() throws -> FeedPosition {
        let rejected = try quarantined { try $0.lastID() }
        return try read { db in
            FeedPosition(
                arrival: ReportID(rawValue: try IndexState.firstUnindexedArrival(db).rawValue - 1),
                rejected: QuarantineID(rawValue: rejected),
                replay: try Int64.fetchOne(db, sql: "SELECT max(id) FROM replay") ?? 0)
        }
    }

    /// A value that changes with every new event.
    package func feedState() throws -> FeedState {
        FeedState(indexVersion: try changeNumber(), rejected: try quarantined { try $0.lastID() })
    }

    /// The position before the first event at or after `moment`. If the clock was set back, later events may still have
    /// earlier times.
    package func feedPosition(since moment: Timestamp) throws -> FeedPosition {
        let end = try indexedEnd()
        let rejected = try quarantined { try $0.firstID(since: moment) }
        return try read { db in
            var first: Int64?
            if let range = try TimeSpan.deliveries(since: moment, until: nil, db) {
                first = try Int64.fetchOne(
                    db,
                    sql: "SELECT id FROM delivery WHERE id >= ? AND receivedAtMilliseconds >= ? ORDER BY id LIMIT 1",
                    arguments: [range.lowerBound, moment])
            }
            let arrival = first.map { max(0, ArrivalID.range($0...$0).lowerBound - 1) }
            let replay = try Int64.fetchOne(
                db, sql: "SELECT min(id) FROM replay WHERE startedAtMilliseconds >= ?", arguments: [moment])
            return FeedPosition(
                arrival: ReportID(rawValue: min(arrival ?? .max, end.arrival.rawValue)),
                rejected: QuarantineID(rawValue: min(rejected.map { $0 &- 1 } ?? .max, end.rejected.rawValue)),
                replay: min(replay.map { $0 &- 1 } ?? .max, end.replay))
        }
    }

    /// The chain mark at the delivery of a position, by which a later reader recognises the archive. Nil before the
    /// first arrival, or if the delivery was removed.
    package func mark(of position: FeedPosition) throws -> ChainMark? {
        guard let id = position.deliveryID else { return nil }
        return try read { db in
            try Self.chain(at: id.rawValue, db).map { ChainMark(position: id.rawValue, chain: $0) }
        }
    }

    /// True if a stored position belongs to this archive: the archive contains the position, and the entry at `mark` is
    /// unchanged or was removed.
    package func recognises(_ position: FeedPosition, _ mark: ChainMark?) throws -> Bool {
        try read { db in
            let last = try JournalEnd.read(db)?.position ?? 0
            guard last >= max(position.deliveryID?.rawValue ?? 0, mark?.position ?? 0) else { return false }
            guard let mark else { return true }
            return try Self.chain(at: mark.position, db).map { $0 == mark.chain } ?? true
        }
    }

    private static func chain(at position: Int64, _ db: Database) throws -> [UInt8]? {
        try Blob.fetchOne(db, sql: "SELECT chain FROM entry WHERE position = ?", arguments: [position])?.bytes
    }
}

extension ReportSummary {
    /// The first delivery that contained the report, even if this result shows a later arrival.
    package var firstDeliveryID: DeliveryID {
        DeliveryID(rawValue: ArrivalID(rawValue: reportID.rawValue).deliveryID)
    }
}

/// The state of a feed. Two states are equal if no event happened between them.
package struct FeedState: Sendable, Equatable {
    let indexVersion: Int64
    let rejected: Int64
}
