internal import Deliveries
internal import GRDB

/// When 1024 neighbouring deliveries arrived, so that a query by time looks at those alone. A clock that was set back makes the
/// spans overlap, and nothing worse.
struct TimeSpan {
    static let bits: Int64 = 10

    let id: Int64
    private(set) var first: Int64
    private(set) var last: Int64

    static func spans(of deliveries: [IndexedDelivery]) -> [TimeSpan] {
        var spans: [TimeSpan] = []
        for delivery in deliveries {
            let id = delivery.id.rawValue >> bits
            let time = delivery.receivedAt.millisecondsSinceEpoch
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

    /// Sets a span from the deliveries that are left.
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

    /// The numbers of the deliveries among which are all that arrived from `since` on and before `until`; nil where there are
    /// none. Deliveries that the index has not reached are in no span.
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
