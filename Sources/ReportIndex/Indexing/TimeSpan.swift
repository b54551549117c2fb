internal import Deliveries
internal import GRDB

/// The times of the first and last arrival among 1,024 neighbouring deliveries. With spans, a query by time reads only
/// one range of deliveries. If a clock is set back, spans overlap.
struct TimeSpan {
    static let bits: Int64 = 10

    let id: Int64
    private(set) var first: Timestamp
    private(set) var last: Timestamp

    static func spans(of deliveries: [IndexedDelivery]) -> [TimeSpan] {
        var spans: [TimeSpan] = []
        for delivery in deliveries {
            let id = delivery.id.rawValue >> bits
            let time = delivery.receivedAt
            if let last = spans.indices.last, spans[last].id == id {
                spans[last].first = min(spans[last].first, time)
                spans[last].last = max(spans[last].last, time)
            } else {
                spans.append(TimeSpan(id: id, first: time, last: time))
            }
        }
        return spans
    }

    func write(_ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO span (id, firstReceivedAtMilliseconds, lastReceivedAtMilliseconds) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    firstReceivedAtMilliseconds = min(firstReceivedAtMilliseconds, excluded.firstReceivedAtMilliseconds),
                    lastReceivedAtMilliseconds = max(lastReceivedAtMilliseconds, excluded.lastReceivedAtMilliseconds)
                """
        ).execute(arguments: [id, first, last])
    }

    /// Recomputes a span from the remaining deliveries.
    static func renew(_ id: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM span WHERE id = ?").execute(arguments: [id])
        try db.cachedStatement(
            sql: """
                INSERT INTO span (id, firstReceivedAtMilliseconds, lastReceivedAtMilliseconds)
                SELECT ?1, min(receivedAtMilliseconds), max(receivedAtMilliseconds) FROM delivery
                WHERE id BETWEEN ?1 << \(bits) AND ((?1 + 1) << \(bits)) - 1 HAVING count(*) > 0
                """
        ).execute(arguments: [id])
    }

    /// A range that contains every indexed delivery at or after `since` and before `until`; nil if there is no such
    /// delivery.
    static func deliveries(since: Timestamp?, until: Timestamp?, _ db: Database) throws -> ClosedRange<Int64>? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT min(id), max(id) FROM span
                WHERE lastReceivedAtMilliseconds >= ? AND firstReceivedAtMilliseconds < ?
                """, arguments: [since?.millisecondsSinceEpoch ?? .min, until?.millisecondsSinceEpoch ?? .max])
        guard let row, let first = try row.decode(Int64?.self, atIndex: 0),
            let last = try row.decode(Int64?.self, atIndex: 1), first <= last, first >= 0,
            last <= ArrivalID.deliveryLimit >> bits
        else { return nil }
        return (first << bits)...(((last + 1) << bits) - 1)
    }
}
