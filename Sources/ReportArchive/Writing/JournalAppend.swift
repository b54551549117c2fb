internal import Deliveries
internal import Foundation
internal import GRDB
internal import StrictJSON

/// Appends sealed deliveries to the journal.
enum JournalAppend {
    private static let sql = """
        INSERT INTO journal (id, uuid, receivedAtMilliseconds, source, method, target, headers, peer, verification,
            secretName, bodySHA256, bodyByteCount, bodyEncoding, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// Writes the deliveries under consecutive numbers from `firstID`, all of them or none. When this returns they are on
    /// disk: the connection commits with `synchronous = FULL`.
    static func append(_ deliveries: [SealedDelivery], firstID: Int64, to db: Database) throws {
        try db.inTransaction(.immediate) {
            try insert(deliveries, firstID: firstID, to: db)
            return .commit
        }
    }

    /// The same inside a transaction that the caller has begun.
    static func insert(_ deliveries: [SealedDelivery], firstID: Int64, to db: Database) throws {
        let statement = try db.cachedStatement(sql: sql)
        for (offset, delivery) in deliveries.enumerated() {
            try statement.execute(arguments: [
                firstID + Int64(offset), Data(delivery.uuid.bytes), delivery.receivedAt.millisecondsSinceEpoch,
                delivery.source, delivery.method, delivery.target, HeaderColumn.text(delivery.headers), delivery.peer,
                delivery.verification.rawValue, delivery.secretName, Data(delivery.body.sha256),
                delivery.body.byteCount, delivery.body.encoding.rawValue, Data(delivery.body.storedBytes),
            ])
        }
    }

    /// The number of the last delivery; 0 for an empty journal.
    static func lastID(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM journal") ?? 0
    }
}

/// Header lines as the journal stores them: `[["Name","value"],…]`, in order, repeats kept.
enum HeaderColumn {
    static func text(_ headers: HeaderFields) -> String {
        JSONText.array(headers.fields.map { .array([.string($0.name), .string($0.value)]) }).compact
    }

    static func headers(_ text: String) -> HeaderFields? {
        guard let document = try? JSONDocument(parsing: Array(text.utf8)), document.root.kind == .array else {
            return nil
        }
        var fields: [HeaderField] = []
        for pair in document.root.elements {
            let parts = pair.elements.compactMap(\.string)
            guard parts.count == 2 else { return nil }
            fields.append(HeaderField(parts[0], parts[1]))
        }
        return HeaderFields(fields)
    }
}
