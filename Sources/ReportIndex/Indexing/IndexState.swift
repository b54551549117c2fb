internal import Deliveries
internal import GRDB
internal import Journal

/// The table `state`: the position up to which the journal is indexed, and other state of the indexer.
enum IndexState {
    private static let cursorName = "cursor"
    private static let followUpName = "follow-up"
    private static let cleanUpName = "clean-up"

    /// The last indexed position; 0 if there is none.
    static func cursor(_ db: Database) throws -> Int64 {
        // Clamps the position, because a damaged file may contain any number.
        min(max(0, try position(cursorName, db) ?? 0), ArrivalID.deliveryLimit - 1)
    }

    /// The number of journal entries after the cursor.
    static func unindexedCount(_ db: Database) throws -> Int64 {
        max(0, (try JournalEnd.read(db)?.position ?? 0) - (try cursor(db)))
    }

    /// The ID of the first arrival that is not indexed yet.
    static func firstUnindexedArrival(_ db: Database) throws -> ArrivalID {
        ArrivalID(try cursor(db) + 1, 0)
    }

    static func chain(_ db: Database) throws -> [UInt8]? {
        try Blob.fetchOne(db, sql: "SELECT bytes FROM state WHERE name = ?", arguments: [cursorName])?.bytes
    }

    static func moveCursor(to mark: ChainMark, _ db: Database) throws {
        try set(cursorName, mark.position, mark.chain, db)
    }

    /// The position up to which deliveries were searched for follow-ups; nil if follow-up never ran.
    static func followUpCursor(_ db: Database) throws -> Int64? {
        try position(followUpName, db)
    }

    static func moveFollowUpCursor(to position: Int64, _ db: Database) throws {
        try set(followUpName, position, nil, db)
    }

    /// The number of times that the process ended while parsing this delivery.
    static func crashCount(at position: Int64, _ db: Database) throws -> Int {
        let bytes = try Blob.fetchOne(
            db.cachedStatement(sql: "SELECT bytes FROM state WHERE name = ?"), arguments: [parsingName(position)])
        return Int(bytes?.bytes.first ?? 0)
    }

    static func beginParsing(_ position: Int64, _ db: Database) throws {
        let count = UInt8(clamping: try crashCount(at: position, db) + 1)
        try set(parsingName(position), position, [count], db)
    }

    static func endParsing(_ position: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM state WHERE name = ?").execute(arguments: [parsingName(position)])
    }

    /// Deletes all crash counts after a batch succeeded. After a restart the first batch contains the delivery that
    /// crashed the process, so no other delivery has a count.
    static func forgetCrashes(_ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM state WHERE name GLOB 'parsing:*'").execute()
    }

    private static func parsingName(_ position: Int64) -> String {
        "parsing:\(position)"
    }

    /// True if removed reports may have left unused names and identities.
    static func isCleanUpDue(_ db: Database) throws -> Bool {
        try position(cleanUpName, db) != nil
    }

    static func setCleanUpDue(_ isDue: Bool, _ db: Database) throws {
        if isDue { return try set(cleanUpName, 0, nil, db) }
        try db.execute(sql: "DELETE FROM state WHERE name = ?", arguments: [cleanUpName])
    }

    /// True if the entry of the journal at the cursor has the chain hash `chain`.
    ///
    /// - Parameter journal: a connection on which `entry` and `gap` are the tables of the journal.
    static func isDerived(from journal: Database, cursor: Int64, chain: [UInt8]?) throws -> Bool {
        guard cursor > 0, let chain else { return true }
        let found = try Blob.fetchOne(journal, sql: "SELECT chain FROM entry WHERE position = ?", arguments: [cursor])
        if let found { return found.bytes == chain }
        // Within a gap only the end of the gap has a chain hash, so this check only detects a journal that is too
        // short.
        return try JournalEnd.read(journal).map { $0.position >= cursor } ?? false
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
