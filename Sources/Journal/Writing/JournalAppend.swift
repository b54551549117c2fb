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

/// Appends entries to the journal and chains each to the previous entry.
///
/// Binds the statement with SQLite's C functions, which make no copies, because providers wait for this work.
struct JournalAppend {
    private static let insertSQL = """
        INSERT INTO entry (position, uuid, recordedAtMilliseconds, originId, byteCount, bodySHA256, chain, salt, encoding,
            head, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static let insertPrunedSQL = """
        INSERT INTO entry (position, uuid, recordedAtMilliseconds, originId, byteCount, bodyCommitment, chain, salt,
            encoding, head, body, prunedBy)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    /// The last position; 0 if the journal is empty.
    private(set) var last: Int64
    /// The chain hash at `last`.
    private(set) var chain: [UInt8]
    /// The position of the newest hold. A removal that was decided before this hold must be decided again.
    private(set) var lastHold: Int64
    /// The checksums of the journal's dictionaries. A body that needs any other dictionary could never be read.
    private(set) var dictionaries: Set<UInt32>
    /// True if the journal is a copy. After an entry that is not copied, no further entry could be copied.
    var isCopy: Bool
    /// True if another archive became the primary. That archive would not contain an entry that is added now.
    var isSuperseded: Bool
    /// Caches the IDs of rows in `origin`. The size is limited by the number of sources and secrets that were ever
    /// configured.
    private var origins: [Origin: Int64] = [:]
    private var hash = ChainHash()

    /// Reads the end of the journal.
    init(_ db: Database) throws {
        let end = try JournalEnd.read(db)
        (last, chain) = (end?.position ?? 0, end?.chain ?? ChainHash.start)
        // Only a damaged gap can have a position of half of `Int64.max` or more.
        guard last < .max / 2 else { throw ArchiveError.damaged("position \(last) was never written") }
        // Any existing entry can be a hold that is not indexed yet.
        lastHold = last
        dictionaries = try DictionaryTable.checksums(db)
        isCopy = try UpstreamTable.read(db) != nil
        isSuperseded = try EpochTable.read(db).isSuperseded
    }

    /// Reads the dictionaries again after some were added or deleted.
    mutating func loadDictionaries(_ db: Database) throws {
        dictionaries = try DictionaryTable.checksums(db)
    }

    /// Appends all entries or none. Returns the first position. The entries are on disk when this call returns, because
    /// the connection has `synchronous = FULL`.
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

    /// Inserts one entry within the caller's transaction. Do not use this value again after an error.
    mutating func insert(_ entry: NewEntry, at time: Timestamp, _ db: Database) throws {
        guard !isCopy else { throw ArchiveError.isCopy }
        guard !isSuperseded else { throw ArchiveError.superseded }
        if case .delivery(let delivery) = entry, !hasDictionary(for: delivery.body) {
            // The dictionary was retired after the body was compressed. The provider will send the delivery again; it
            // is then compressed with another dictionary.
            throw ArchiveError.storageFailed(code: ResultCode.SQLITE_CONSTRAINT_FOREIGNKEY.rawValue)
        }
        try insert(Columns(entry, at: time), db)
        if case .record(.hold) = entry { lastHold = last }
    }

    /// Makes the journal a copy of a shared journal, within the caller's transaction.
    mutating func follow(_ upstream: [UInt8], _ db: Database) throws {
        if let known = try UpstreamTable.read(db) {
            guard known == .shared(upstream) else {
                throw ArchiveError.notACopy(reason: "the archive is a copy of another journal")
            }
        } else {
            guard last == 0 else { throw ArchiveError.notACopy(reason: "the archive has entries of its own") }
            try UpstreamTable.insert(.shared(upstream), db)
        }
        isCopy = true
    }

    /// Inserts a copied run within the caller's transaction and checks the chain hash at its end. Do not use this value
    /// again after an error.
    ///
    /// - Returns: the deliveries whose bodies or entries the records of the run removed.
    mutating func insert(_ run: CopiedRun, _ db: Database) throws -> [DeliveryID] {
        guard isCopy, run.firstPosition == last + 1 else {
            throw ArchiveError.notACopy(
                reason: "the archive ends at entry \(last), but the copied entries begin at \(run.firstPosition)")
        }
        var removed: [DeliveryID] = []
        for item in run.items {
            switch item {
            case .entry(let entry):
                try entry.check(at: last + 1)
                try insert(entry, db)
                if entry.origin.type == RecordType.hold.rawValue { lastHold = last }
                if entry.origin.type == RecordType.epoch.rawValue, case .epoch(let epoch)? = entry.record() {
                    try EpochTable.insert(epoch.number, at: last, db)
                    isSuperseded = try EpochTable.read(db).isSuperseded
                }
                removed += try JournalWriter.remove(entry, at: last, run.summaries, db)
            case .gap(let end, let link, let record):
                guard end > last, link.count == 32 else {
                    throw ArchiveError.notACopy(reason: "the gap at entry \(last + 1) is not valid")
                }
                try JournalWriter.copyGap(last + 1...end, link, record, db)
                (last, chain) = (end, link)
            }
        }
        guard chain == run.chain else {
            throw ArchiveError.notACopy(
                reason: "the chain at entry \(last) differs from the chain of the other journal")
        }
        return removed
    }

    private func hasDictionary(for body: EncodedBody) -> Bool {
        guard body.encoding == .zlib, let checksum = DictionaryCache.checksum(namedBy: body.storedBytes) else {
            return true
        }
        return dictionaries.contains(checksum)
    }

    private mutating func insert(_ row: Columns, _ db: Database) throws {
        let link = link(
            row.uuid, row.recordedAt, row.body.byteCount, row.origin,
            headCommitment: Commitment.make(salt: Commitment.headSalt(of: row.salt), sha256: row.headSHA256),
            bodyCommitment: Commitment.make(salt: row.salt, sha256: row.body.sha256))
        try insert(
            link, row.uuid, row.recordedAt, row.origin, row.body.byteCount, row.body.encoding.rawValue,
            row.body.sha256, row.salt, row.head, row.body.storedBytes, db)
    }

    private mutating func insert(_ row: PortableEntry, _ db: Database) throws {
        let link = link(
            row.uuid, row.recordedAt, row.byteCount, row.origin, headCommitment: row.headCommitment,
            bodyCommitment: row.bodyCommitment)
        try insert(
            link, row.uuid, row.recordedAt, row.origin, row.byteCount, row.encoding.rawValue, row.bodySHA256, row.salt,
            row.head, row.body, pruning: row.prunedBy.map { ($0, row.bodyCommitment) }, db)
    }

    private mutating func link(
        _ uuid: [UInt8], _ recordedAt: Timestamp, _ byteCount: Int, _ origin: Origin, headCommitment: [UInt8],
        bodyCommitment: [UInt8]
    ) -> [UInt8] {
        hash.next(
            after: chain, position: last + 1, recordedAt: recordedAt, byteCount: byteCount, uuid: uuid,
            headCommitment: headCommitment, bodyCommitment: bodyCommitment, origin: origin)
    }

    private mutating func insert(
        _ link: [UInt8], _ uuid: [UInt8], _ recordedAt: Timestamp, _ origin: Origin, _ byteCount: Int, _ encoding: Int,
        _ bodySHA256: [UInt8], _ salt: [UInt8], _ head: [UInt8], _ body: [UInt8],
        pruning: (record: Int64, bodyCommitment: [UInt8])? = nil, _ db: Database
    ) throws {
        let position = last + 1
        let originID = try id(of: origin, db)
        let insert = try BoundStatement(db.cachedStatement(sql: pruning == nil ? Self.insertSQL : Self.insertPrunedSQL))
        try insert.bind(1, position)
        try insert.bind(3, recordedAt.millisecondsSinceEpoch)
        try insert.bind(4, originID)
        try insert.bind(5, Int64(byteCount))
        try insert.bind(9, Int64(encoding))
        do {
            if let pruning {
                try insert.bind(12, pruning.record)
                try insert.run((2, uuid), (6, pruning.bodyCommitment), (7, link), (8, salt), (10, head), (11, body))
            } else {
                try insert.run((2, uuid), (6, bodySHA256), (7, link), (8, salt), (10, head), (11, body))
            }
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_UNIQUE {
            throw ArchiveError.alreadyRecorded(uuid: UUIDv7(bytes: uuid)?.description ?? "")
        }
        // A foreign trigger can discard the row without an error.
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

/// The values of a new row of `entry`, except position and chain.
struct Columns {
    let uuid: [UInt8]
    let recordedAt: Timestamp
    let origin: Origin
    let headSHA256: [UInt8]
    let body: EncodedBody
    let salt: [UInt8]
    let head: [UInt8]

    init(_ entry: NewEntry, at time: Timestamp) {
        switch entry {
        case .delivery(let delivery):
            uuid = delivery.uuid.bytes
            recordedAt = delivery.receivedAt
            origin = Origin(of: delivery)
            headSHA256 = delivery.head.sha256
            body = delivery.body
            salt = delivery.salt
            head = delivery.head.storedBytes
        case .record(let record):
            let json = record.json
            let stored = WholeBufferCompressor.forRecords.compress(json)
            var generator = SecureRandom()
            uuid = UUIDv7(at: time, using: &generator).bytes
            recordedAt = time
            origin = Origin(type: record.type.rawValue)
            headSHA256 = SHA256.bytes(of: [])
            body = EncodedBody(
                encoding: stored == nil ? .raw : .zlib, storedBytes: stored ?? json, byteCount: json.count,
                sha256: SHA256.bytes(of: json))
            salt = SecureRandom.bytes(Commitment.saltByteCount)
            head = []
        }
    }
}

/// A position and its chain hash. A person who keeps a mark can later verify that no earlier entry was changed.
package struct ChainMark: Sendable, Equatable {
    package let position: Int64
    /// The chain hash, 32 bytes.
    package let chain: [UInt8]

    package init(position: Int64, chain: [UInt8]) {
        self.position = position
        self.chain = chain
    }
}

package enum JournalEnd {
    /// The last position and its chain hash; a gap keeps the hash if the entry was removed. Nil if the journal is
    /// empty.
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
    /// The compressor for records and summaries, which are few and small.
    static let forRecords = WholeBufferCompressor(level: 6)
}
