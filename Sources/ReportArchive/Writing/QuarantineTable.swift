internal import Deliveries
internal import Foundation
internal import GRDB

/// The table of deliveries that nothing proved.
enum QuarantineTable {
    private static let insertSQL = """
        INSERT INTO quarantine (uuid, receivedAtMilliseconds, source, method, target, headers, peer, verification, reason,
            bodySHA256, bodyByteCount, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Adds the deliveries and sends the oldest away until the limits hold again.
    static func append(_ deliveries: [QuarantinedDelivery], limits: QuarantineLimits, to db: Database) throws {
        guard let newest = deliveries.map(\.request.receivedAt).max() else { return }
        try db.inTransaction(.immediate) {
            let insert = try db.cachedStatement(sql: insertSQL)
            for delivery in deliveries {
                let request = delivery.request
                try insert.execute(arguments: [
                    Data(delivery.uuid.bytes), request.receivedAt.millisecondsSinceEpoch, delivery.source,
                    request.method,
                    request.target.text, HeaderText.text(request.headers), request.peer,
                    delivery.verification.rawValue,
                    delivery.reason, Data(delivery.bodySHA256), request.body.count, Data(request.body),
                ])
            }
            try hold(limits, newest: newest, db)
            return .commit
        }
    }

    /// Sends away what has become too old.
    static func age(_ limits: QuarantineLimits, now: Timestamp, _ db: Database) throws {
        try db.inTransaction(.immediate) {
            try hold(limits, newest: now, db)
            return .commit
        }
    }

    private static func hold(_ limits: QuarantineLimits, newest: Timestamp, _ db: Database) throws {
        let oldest = newest.advanced(byMilliseconds: -limits.age.components.seconds * 1000)
        try db.execute(
            sql: "DELETE FROM quarantine WHERE receivedAtMilliseconds < ?", arguments: [oldest.millisecondsSinceEpoch])
        try db.execute(
            sql: "DELETE FROM quarantine WHERE id <= (SELECT id FROM quarantine ORDER BY id DESC LIMIT 1 OFFSET ?)",
            arguments: [limits.count])
        // The sum runs from the newest; the first row that brings it over the limit goes, and all before it.
        try db.execute(
            sql: """
                DELETE FROM quarantine WHERE id <= (
                    SELECT id FROM (
                        SELECT id, sum(bodyByteCount) OVER (ORDER BY id DESC) AS total FROM quarantine
                    ) WHERE total > ? ORDER BY id DESC LIMIT 1
                )
                """, arguments: [limits.bodyByteCount])
    }

    /// Decodes rather than subscripts: in a damaged file any column may be NULL. Nil for a row that does not read back.
    static func entry(_ row: Row) throws -> QuarantineEntry? {
        guard let uuid = UUIDv7(bytes: Array(try row.decode(Data.self, atIndex: 1))),
            let headers = HeaderText.headers(try row.decode(atIndex: 6)),
            let verification = Verification(rawValue: try row.decode(atIndex: 8))
        else { return nil }
        let request = InboundRequest(
            method: try row.decode(atIndex: 4), target: RequestTarget(try row.decode(atIndex: 5)), headers: headers,
            body: Array(try row.decode(Data.self, atIndex: 11)), peer: try row.decode(atIndex: 7),
            receivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 2)))
        return QuarantineEntry(
            id: QuarantineID(rawValue: try row.decode(atIndex: 0)),
            delivery: QuarantinedDelivery(
                uuid: uuid, source: try row.decode(atIndex: 3), request: request, verification: verification,
                reason: try row.decode(atIndex: 9), bodySHA256: Array(try row.decode(Data.self, atIndex: 10))))
    }

    static let selectSQL = """
        SELECT id, uuid, receivedAtMilliseconds, source, method, target, headers, peer, verification, reason, bodySHA256, body
        FROM quarantine
        """
}
