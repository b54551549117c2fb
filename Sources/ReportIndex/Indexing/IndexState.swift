internal import Deliveries
internal import GRDB
internal import Journal

/// How far an index follows the journal, and what else it remembers.
enum IndexState {
    private static let cursorName = "cursor"
    private static let followUpName = "follow-up"
    private static let parsingName = "parsing"

    /// The last position that was indexed; 0 when none was.
    static func cursor(_ db: Database) throws -> Int64 {
        // A damaged cursor may be any number.
        min(max(0, try position(cursorName, db) ?? 0), ArrivalID.deliveryLimit - 1)
    }

    /// The first arrival that is not indexed yet.
    static func firstUnindexedArrival(_ db: Database) throws -> ArrivalID {
        ArrivalID(try cursor(db) + 1, 0)
    }

    /// The chain at the cursor.
    static func chain(_ db: Database) throws -> [UInt8]? {
        try Blob.fetchOne(db, sql: "SELECT bytes FROM state WHERE name = ?", arguments: [cursorName])?.bytes
    }

    static func moveCursor(to mark: ChainMark, _ db: Database) throws {
        try set(cursorName, mark.position, mark.chain, db)
    }

    /// The position up to which deliveries were searched for follow-ups; nil when follow-up never began.
    static func followUpCursor(_ db: Database) throws -> Int64? {
        try position(followUpName, db)
    }

    static func moveFollowUpCursor(to position: Int64, _ db: Database) throws {
        try set(followUpName, position, nil, db)
    }

    /// The delivery that is being parsed, and how often that was begun: a crash leaves it behind.
    static func parsing(_ db: Database) throws -> (position: Int64, count: Int)? {
        let row = try Row.fetchOne(
            db, sql: "SELECT position, bytes FROM state WHERE name = ?", arguments: [parsingName])
        return try row.map { (try $0.decode(atIndex: 0), Int(try $0.decode(Blob.self, atIndex: 1).bytes.first ?? 0)) }
    }

    static func setParsing(_ position: Int64, count: Int, _ db: Database) throws {
        try set(parsingName, position, [UInt8(clamping: count)], db)
    }

    static func clearParsing(_ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM state WHERE name = ?").execute(arguments: [parsingName])
    }

    private static func position(_ name: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT position FROM state WHERE name = ?"), arguments: [name])
    }

    private static func set(_ name: String, _ position: Int64, _ bytes: [UInt8]?, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO state (name, position, bytes) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET position = excluded.position, bytes = excluded.bytes
                """
        ).execute(arguments: [name, position, bytes.map(Blob.init)])
    }
}
