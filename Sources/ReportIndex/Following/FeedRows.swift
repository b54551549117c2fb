internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal
internal import Quarantine

/// Reads what happened after a position, in the order of its numbers.
enum FeedRows {
    /// Arrivals after one and before another, matching or not.
    static func arrivals(
        after first: Int64, before end: ArrivalID = ArrivalID(rawValue: .max), limit: Int, _ db: Database
    ) throws -> [(id: Int64, report: Int64)] {
        guard first < .max else { return [] }
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, reportId FROM (
                        SELECT * FROM (
                            SELECT id, id AS reportId FROM report WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3)
                        UNION ALL
                        SELECT * FROM (
                            SELECT id, reportId FROM attempt WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3)
                    ) ORDER BY id LIMIT ?3
                    """), arguments: [first, end.rawValue, limit]
        ).map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
    }

    /// The deliveries of a range that were promoted from the quarantine.
    static func promotions(_ ids: ClosedRange<Int64>, _ db: Database) throws -> [Int64: QuarantineID] {
        var promotions: [Int64: QuarantineID] = [:]
        for row in try Row.fetchAll(
            db.cachedStatement(sql: "SELECT deliveryId, quarantineId FROM promotion WHERE deliveryId BETWEEN ? AND ?"),
            arguments: [ids.lowerBound, ids.upperBound])
        {
            promotions[try row.decode(atIndex: 0)] = QuarantineID(rawValue: try row.decode(atIndex: 1))
        }
        return promotions
    }

    /// Replays, oldest first: those after a number, or with `newest` the last ones.
    static func replays(after number: Int64, newest: Bool, limit: Int, _ db: Database) throws -> [FeedReplay] {
        let rows = try Row.fetchAll(
            db,
            sql: "\(ReplayRecord.select) WHERE id > ? ORDER BY id \(newest ? "DESC" : "ASC") LIMIT ?",
            arguments: [number, limit]
        ).map { FeedReplay(number: try $0.decode(atIndex: 9), record: try ReplayRecord($0)) }
        return newest ? rows.reversed() : rows
    }
}
