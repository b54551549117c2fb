internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal
internal import Quarantine

/// Reads events in the order of their IDs.
enum FeedRows {
    /// The arrivals after an ID, up to `end`, including arrivals that do not match a filter.
    static func arrivals(
        after first: Int64, through end: Int64 = .max, limit: Int, _ db: Database
    ) throws -> [(id: Int64, report: Int64)] {
        guard first < end else { return [] }
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, id FROM report WHERE id BETWEEN ?1 AND ?2
                    UNION ALL SELECT id, reportId FROM attempt WHERE id BETWEEN ?1 AND ?2 ORDER BY 1 LIMIT ?3
                    """), arguments: [first + 1, end, limit]
        ).map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
    }

    /// The deliveries in a range that were released from the quarantine.
    static func releases(_ ids: ClosedRange<Int64>, _ db: Database) throws -> [DeliveryID: QuarantineID] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT deliveryId, quarantineId FROM quarantineRelease WHERE deliveryId BETWEEN ? AND ?"),
            arguments: [ids.lowerBound, ids.upperBound])
        return try rows.reduce(into: [:]) { $0[try $1.decode(atIndex: 0)] = try $1.decode(atIndex: 1) }
    }

    /// The replays after an ID, oldest first. If there are more than `limit` replays, returns the newest if `newest` is
    /// true, otherwise the oldest.
    static func replays(after id: Int64, newest: Bool, limit: Int, _ db: Database) throws -> [FeedReplay] {
        let rows = try FeedReplay.all("id > ? ORDER BY id \(newest ? "DESC" : "ASC") LIMIT ?", [id, limit], db)
        return newest ? rows.reversed() : rows
    }
}

extension FeedReplay {
    static func all(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [FeedReplay] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT id, deliveryId, startedAtMilliseconds, method, url, durationMilliseconds, status,
                    responseByteCount, responseSHA256, failure, runId, item, isSentAgain,
                    changes
                FROM replay WHERE \(condition)
                """, arguments: arguments
        ).map { row in
            let outcome: ReplayRecord.Outcome =
                if let status = try row.decode(Int?.self, atIndex: 6) {
                    .responded(
                        status: status, responseByteCount: try row.decode(Int?.self, atIndex: 7) ?? 0,
                        responseSHA256: try row.decode(Blob?.self, atIndex: 8)?.bytes ?? [])
                } else {
                    .failed(try row.decode(String?.self, atIndex: 9) ?? "")
                }
            let place = try row.decode(Int64?.self, atIndex: 10).map { run in
                ReplayRecord.Place(
                    run: run, item: try row.decode(Int?.self, atIndex: 11) ?? 0,
                    isSentAgain: try row.decode(atIndex: 12))
            }
            let changes = try row.decode(String?.self, atIndex: 13)?.split(separator: "\n").map(String.init)
            let record = ReplayRecord(
                deliveryID: try row.decode(atIndex: 1), startedAt: try row.decode(atIndex: 2),
                method: try row.decode(atIndex: 3), url: try row.decode(atIndex: 4),
                durationMilliseconds: try row.decode(atIndex: 5), outcome: outcome,
                place: place, changes: changes ?? [])
            return FeedReplay(number: try row.decode(atIndex: 0), record: record)
        }
    }
}
