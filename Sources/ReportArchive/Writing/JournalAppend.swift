internal import Deliveries
internal import GRDB

/// Appends sealed deliveries to the journal, each chained to the one before.
///
/// Its statements are bound through SQLite's own functions, without copies: this is the only work of the writer that somebody
/// waits for.
struct JournalAppend {
    private static let journalSQL = """
        INSERT INTO journal (id, uuid, receivedAtMilliseconds, originId, bodyByteCount, bodySHA256, chain, head)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let bodySQL = "INSERT INTO body (journalId, encoding, bytes) VALUES (?, ?, ?)"

    /// The number of the last delivery; 0 for an empty journal.
    private(set) var lastID: Int64
    /// The chain of that delivery.
    private(set) var chain: [UInt8]
    private var origins = OriginTable()
    private var hash = ChainHash()

    /// Reads where the journal ends.
    init(_ db: Database) throws {
        (lastID, chain) = try Self.end(db)
    }

    /// Writes the deliveries under consecutive numbers, all of them or none, and gives the first number. When this returns
    /// they are on disk: the connection commits with `synchronous = FULL`.
    mutating func append(_ deliveries: [SealedDelivery], to db: Database) throws -> Int64 {
        var next = self
        try db.inTransaction(.immediate) {
            try next.insert(deliveries, to: db)
            return .commit
        }
        let first = lastID + 1
        self = next
        return first
    }

    /// The same inside a transaction that the caller has begun; on an error this value is of no use any more.
    mutating func insert(_ deliveries: [SealedDelivery], to db: Database) throws {
        let journal = try BoundStatement(db.cachedStatement(sql: Self.journalSQL))
        let body = try BoundStatement(db.cachedStatement(sql: Self.bodySQL))
        for delivery in deliveries {
            let id = lastID + 1
            let originID = try origins.id(delivery.source, delivery.verification, delivery.secretName, db)
            let link = hash.next(
                after: chain, id: id, receivedAt: delivery.receivedAt, bodyByteCount: delivery.body.byteCount,
                uuid: delivery.uuid, bodySHA256: delivery.body.sha256, headSHA256: delivery.head.sha256,
                source: delivery.source, verification: delivery.verification.rawValue, secretName: delivery.secretName)
            try journal.bind(1, id)
            try journal.bind(3, delivery.receivedAt.millisecondsSinceEpoch)
            try journal.bind(4, originID)
            try journal.bind(5, Int64(delivery.body.byteCount))
            try journal.run(
                (2, delivery.uuid.bytes), (6, delivery.body.sha256), (7, link), (8, delivery.head.storedBytes))
            try body.bind(1, id)
            try body.bind(2, delivery.body.encoding.rawValue)
            try body.run((3, delivery.body.storedBytes))
            lastID = id
            chain = link
        }
    }

    /// The last number and its chain, which a gap keeps where retention took the row.
    private static func end(_ db: Database) throws -> (Int64, [UInt8]) {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT * FROM (SELECT id, chain FROM journal ORDER BY id DESC LIMIT 1)
                UNION ALL SELECT * FROM (SELECT lastId, chain FROM gap ORDER BY firstId DESC LIMIT 1)
                ORDER BY 1 DESC LIMIT 1
                """)
        guard let row else { return (0, ChainHash.start) }
        return (try row.decode(Int64.self, atIndex: 0), try row.decode(Blob.self, atIndex: 1).bytes)
    }
}

/// The numbers of what vouched for deliveries, remembered: there are few, and each delivery needs one.
private struct OriginTable {
    private struct Origin: Hashable {
        let source: String
        let verification: Verification
        let secretName: String?
    }

    private var ids: [Origin: Int64] = [:]

    mutating func id(
        _ source: String, _ verification: Verification, _ secretName: String?, _ db: Database
    ) throws -> Int64 {
        let origin = Origin(source: source, verification: verification, secretName: secretName)
        if let id = ids[origin] { return id }
        let arguments: StatementArguments = [source, verification.rawValue, secretName]
        let known = try Int64.fetchOne(
            db, sql: "SELECT id FROM origin WHERE source = ? AND verification = ? AND secretName IS ?",
            arguments: arguments)
        if known == nil {
            try db.execute(
                sql: "INSERT INTO origin (source, verification, secretName) VALUES (?, ?, ?)", arguments: arguments)
        }
        let id = known ?? db.lastInsertedRowID
        ids[origin] = id
        return id
    }
}
