internal import BodyCompression
internal import Crypto
package import Deliveries
internal import Foundation
package import GRDB
internal import GRDBSQLite

/// A new entry, before it has a position.
package enum NewEntry: Sendable {
    case delivery(EncodedDelivery)
    case record(JournalRecord)
}

/// Appends entries to the journal, each chained to the previous one.
///
/// Providers wait for this work, so the statement is bound through SQLite's C functions, without copies.
struct JournalAppend {
    private static let insertSQL = """
        INSERT INTO entry (position, uuid, recordedAtMilliseconds, originId, byteCount, bodySHA256, chain, salt, encoding,
            head, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The last position; 0 if the journal is empty.
    private(set) var last: Int64
    /// The chain at that position.
    private(set) var chain: [UInt8]
    /// The position of the newest hold. A decision to remove that is older must be made again.
    private(set) var lastHold: Int64
    /// Checksums of the journal's dictionaries. A body that needs any other dictionary could never be read.
    private(set) var dictionaries: Set<UInt32>
    /// Bounded by the number of sources and secrets that were ever configured.
    private var origins: [Origin: Int64] = [:]
    private var hash = ChainHash()

    /// Reads the end of the journal.
    init(_ db: Database) throws {
        let end = try JournalEnd.read(db)
        (last, chain) = (end?.position ?? 0, end?.chain ?? ChainHash.start)
        // Only a damaged gap can have such a position.
        guard last < .max / 2 else { throw ArchiveError.damaged("position \(last) is not one that was written") }
        // Any entry so far can be a hold that the index does not know yet.
        lastHold = last
        dictionaries = try DictionaryTable.checksums(db)
    }

    /// Reads the dictionaries again after some were added or deleted.
    mutating func loadDictionaries(_ db: Database) throws {
        dictionaries = try DictionaryTable.checksums(db)
    }

    /// Appends all entries or none and returns the first position. They are on disk when this returns, because the
    /// connection has `synchronous = FULL`.
    mutating func append(_ entries: [(entry: NewEntry, at: Timestamp)], to db: Database) throws -> Int64 {
        var next = self
        try db.inTransaction(.immediate) {
            for (entry, time) in entries { try next.insert(entry, at: time, db) }
            return .commit
        }
        let first = last + 1
        self = next
        return first
    }

    /// Inserts one entry within the caller's transaction. After an error this value must not be used again.
    mutating func insert(_ entry: NewEntry, at time: Timestamp, _ db: Database) throws {
        switch entry {
        case .delivery(let delivery):
            guard hasDictionary(for: delivery.body) else {
                // Retired after the body was compressed. The provider sends the delivery again, and then another one is
                // used.
                throw ArchiveError.storageFailed(code: ResultCode.SQLITE_CONSTRAINT_FOREIGNKEY.rawValue)
            }
            try insert(
                Columns(
                    uuid: delivery.uuid.bytes, recordedAt: delivery.receivedAt, origin: Origin(of: delivery),
                    headSHA256: delivery.head.sha256, body: delivery.body, salt: delivery.salt,
                    head: delivery.head.storedBytes), db)
        case .record(let record):
            let json = record.json
            let stored = WholeBufferCompressor.forRecords.compress(json)
            let body = EncodedBody(
                encoding: stored == nil ? .raw : .zlib, storedBytes: stored ?? json, byteCount: json.count,
                sha256: SHA256.bytes(of: json))
            var generator = SecureRandom()
            try insert(
                Columns(
                    uuid: UUIDv7(at: time, using: &generator).bytes, recordedAt: time,
                    origin: Origin(type: record.type.rawValue), headSHA256: SHA256.bytes(of: []), body: body,
                    salt: SecureRandom.bytes(Commitment.saltByteCount), head: []), db)
            if case .hold = record { lastHold = last }
        }
    }

    private func hasDictionary(for body: EncodedBody) -> Bool {
        guard body.encoding == .zlib, let checksum = DictionaryCache.checksum(namedBy: body.storedBytes) else {
            return true
        }
        return dictionaries.contains(checksum)
    }

    private struct Columns {
        let uuid: [UInt8]
        let recordedAt: Timestamp
        let origin: Origin
        let headSHA256: [UInt8]
        let body: EncodedBody
        let salt: [UInt8]
        let head: [UInt8]
    }

    private mutating func insert(_ row: Columns, _ db: Database) throws {
        let position = last + 1
        let originID = try id(of: row.origin, db)
        let link = hash.next(
            after: chain, position: position, recordedAt: row.recordedAt, byteCount: row.body.byteCount, uuid: row.uuid,
            headCommitment: Commitment.make(salt: Commitment.headSalt(of: row.salt), sha256: row.headSHA256),
            bodyCommitment: Commitment.make(salt: row.salt, sha256: row.body.sha256), origin: row.origin)
        let insert = try BoundStatement(db.cachedStatement(sql: Self.insertSQL))
        try insert.bind(1, position)
        try insert.bind(3, row.recordedAt.millisecondsSinceEpoch)
        try insert.bind(4, originID)
        try insert.bind(5, Int64(row.body.byteCount))
        try insert.bind(9, Int64(row.body.encoding.rawValue))
        do {
            try insert.run(
                (2, row.uuid), (6, row.body.sha256), (7, link), (8, row.salt), (10, row.head),
                (11, row.body.storedBytes))
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
            throw ArchiveError.alreadyRecorded(uuid: UUIDv7(bytes: row.uuid)?.description ?? "")
        }
        // A foreign trigger can drop the row without an error.
        guard sqlite3_changes(db.sqliteConnection) == 1 else {
            throw ArchiveError.damaged("an entry was not stored, although SQLite reported no error")
        }
        last = position
        chain = link
    }

    private mutating func id(of origin: Origin, _ db: Database) throws -> Int64 {
        if let id = origins[origin] { return id }
        let arguments: StatementArguments = [origin.type, origin.source, origin.verification, origin.secretName]
        let known = try Int64.fetchOne(
            db,
            sql: """
                SELECT id FROM origin WHERE type = ? AND source IS ? AND verification IS ? AND secretName IS ?
                """, arguments: arguments)
        if known == nil {
            try db.execute(
                sql: "INSERT INTO origin (type, source, verification, secretName) VALUES (?, ?, ?, ?)",
                arguments: arguments)
        }
        let id = known ?? db.lastInsertedRowID
        origins[origin] = id
        return id
    }
}

/// A position and the chain there. If it is noted down, a later verification shows whether an earlier entry was
/// changed.
package struct ChainMark: Sendable, Equatable {
    package let position: Int64
    /// 32 bytes.
    package let chain: [UInt8]

    package init(position: Int64, chain: [UInt8]) {
        self.position = position
        self.chain = chain
    }
}

package enum JournalEnd {
    /// The last position and its chain, which a gap keeps if the entry was removed. Nil if the journal is empty.
    package static func read(_ db: Database) throws -> ChainMark? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT * FROM (SELECT position, chain FROM entry ORDER BY position DESC LIMIT 1)
                    UNION ALL
                    SELECT * FROM (SELECT lastPosition, chain FROM gap ORDER BY firstPosition DESC LIMIT 1)
                    ORDER BY 1 DESC LIMIT 1
                    """))
        return try row.map {
            ChainMark(position: try $0.decode(atIndex: 0), chain: try $0.decode(Blob.self, atIndex: 1).bytes)
        }
    }
}

extension WholeBufferCompressor {
    /// For records and summaries, which are few and small.
    static let forRecords = WholeBufferCompressor(level: 6)
}
