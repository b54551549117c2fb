internal import Deliveries
internal import Foundation
internal import GRDB

/// Reads what happened after a position, in the order of its numbers.
enum FeedRows {
    /// Arrivals after one and before another, matching or not.
    static func arrivals(
        after first: Int64, before hidden: ArrivalID, limit: Int, _ db: Database
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
                    """), arguments: [first, hidden.rawValue, limit]
        ).map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
    }

    /// The deliveries of a range that came out of the quarantine.
    static func promotions(_ ids: ClosedRange<Int64>, _ db: Database) throws -> [Int64: QuarantineID] {
        var promotions: [Int64: QuarantineID] = [:]
        for row in try Row.fetchAll(
            db.cachedStatement(sql: "SELECT journalId, quarantineId FROM promotion WHERE journalId BETWEEN ? AND ?"),
            arguments: [ids.lowerBound, ids.upperBound])
        {
            promotions[try row.decode(atIndex: 0)] = QuarantineID(rawValue: try row.decode(atIndex: 1))
        }
        return promotions
    }

    /// Refused deliveries, oldest first: those after a number, or with `newest` the last ones before `.max`.
    static func refused(
        after number: Int64, sources: [String], newest: Bool, limit: Int, _ db: Database
    ) throws -> [RefusedArrival] {
        let isOfSource = sources.isEmpty ? "" : " AND source IN (\(sources.map { _ in "?" }.joined(separator: ", ")))"
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, receivedAtMilliseconds, source, method, target, peer, verification, reason, bodyByteCount,
                    bodySHA256
                FROM quarantine WHERE id > ?\(isOfSource) ORDER BY id \(newest ? "DESC" : "ASC") LIMIT ?
                """,
            arguments: [number] + StatementArguments(sources.map(\.bindable)) + [limit]
        ).map(RefusedArrival.init)
        return newest ? rows.reversed() : rows
    }

    /// Replays, oldest first, in the same two ways.
    static func replays(after number: Int64, newest: Bool, limit: Int, _ db: Database) throws -> [FeedReplay] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT journalId, startedAtMilliseconds, method, url, durationMilliseconds, status, responseByteCount,
                    responseSHA256, failure, id
                FROM replay WHERE id > ? ORDER BY id \(newest ? "DESC" : "ASC") LIMIT ?
                """, arguments: [number, limit]
        ).map { FeedReplay(number: try $0.decode(atIndex: 9), record: try ReplayRecord($0)) }
        return newest ? rows.reversed() : rows
    }
}

extension RefusedArrival {
    /// Decodes rather than subscripts: in a damaged file any column may be NULL.
    fileprivate init(_ row: Row) throws {
        self.init(
            id: QuarantineID(rawValue: try row.decode(atIndex: 0)),
            receivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)),
            source: try row.decode(atIndex: 2), method: try row.decode(atIndex: 3), target: try row.decode(atIndex: 4),
            peer: try row.decode(atIndex: 5),
            verification: Verification(rawValue: try row.decode(atIndex: 6)) ?? .failed,
            reason: try row.decode(atIndex: 7), bodyByteCount: try row.decode(atIndex: 8),
            bodySHA256: Array(try row.decode(Data.self, atIndex: 9)))
    }
}
