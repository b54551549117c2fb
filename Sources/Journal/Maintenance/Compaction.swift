internal import BodyCompression
package import Deliveries
internal import GRDB
internal import Synchronization

/// The result of compacting one slice of bodies.
package struct CompactionSlice: Sendable, Equatable, Codable {
    /// The last position that was read; nil at the end of the journal.
    package let last: Int64?
    package let bodyCount: Int
    package let rewrittenCount: Int
    /// The stored bytes of the bodies that were read.
    package let byteCountBefore: Int64
    package let byteCountAfter: Int64
    /// The checksums of the dictionaries that these bodies need now.
    package let dictionaries: Set<UInt32>
}

extension JournalWriter {
    private static let progressName = "compact"
    /// The minimum saving, in percent, that justifies rewriting a body. Without this minimum, a second run would
    /// rewrite bodies again.
    private static let percentToSave = 3

    /// The position at which an unfinished run stopped; nil if there is none.
    package func compactionPosition() throws -> Int64? {
        try performOnce { db, _ in
            try Int64.fetchOne(
                db, sql: "SELECT position FROM progress WHERE name = ?", arguments: [Self.progressName])
        }
    }

    /// Compresses the next bodies with the current dictionaries if that makes them smaller, or if their dictionary is
    /// being retired. Before a new stream replaces the stored body, the stream is decompressed and compared with the
    /// body.
    ///
    /// - Parameters:
    ///   - last: the position after which to continue; nil for the start.
    ///   - retiring: the checksums of the dictionaries to retire.
    ///   - type: returns the type of a delivery's reports, if known.
    package func compact(
        after last: Int64?, _ reader: JournalReader, retiring: Set<UInt32>, type: (DeliveryID) -> String?
    ) throws -> CompactionSlice {
        let rows = try reader.entries(after: last ?? 0, countLimit: 256, byteCountLimit: 4 << 20)
        var rewritten: [RewrittenBody] = []
        var (before, after): (Int64, Int64) = (0, 0)
        var dictionaries: Set<UInt32> = []
        for row in rows where row.isDelivery && !row.isPruned {
            before += Int64(row.storedBody.count)
            after += Int64(row.storedBody.count)
            let mustChange = row.bodyDictionary.map { retiring.contains($0.checksum) } ?? false
            if let body = rewrite(row, type(row.id), mustChange: mustChange) {
                after += Int64(body.bytes.count - row.storedBody.count)
                rewritten.append(body)
                if let checksum = body.dictionary { dictionaries.insert(checksum) }
            } else if let dictionary = row.bodyDictionary {
                dictionaries.insert(dictionary.checksum)
            }
        }
        let end = rows.last?.position
        try write(rewritten, upTo: end)
        return CompactionSlice(
            last: end, bodyCount: rows.count { $0.isDelivery && !$0.isPruned }, rewrittenCount: rewritten.count,
            byteCountBefore: before, byteCountAfter: after, dictionaries: dictionaries)
    }

    /// The checksums of the dictionaries that a newer dictionary of the same scope has replaced.
    package func replacedDictionaries() throws -> Set<UInt32> {
        try performOnce { db, _ in
            let checksums = try Int64.fetchSet(
                db,
                sql: """
                    SELECT checksum FROM dictionary WHERE source IS NOT NULL
                        AND id NOT IN (SELECT max(id) FROM dictionary WHERE source IS NOT NULL GROUP BY source, type)
                    """)
            return Set(checksums.map { UInt32(truncatingIfNeeded: $0) })
        }
    }

    /// Deletes the dictionaries that no body needs any more.
    ///
    /// - Parameter scannedUpTo: the position up to which bodies were compacted with `retiring`. This call searches the
    ///   later bodies. A body that waits for its commit is rejected later if it needs a deleted dictionary.
    /// - Returns: the deleted dictionaries.
    package func retire(_ dictionaries: Set<UInt32>, scannedUpTo: Int64) throws -> Set<UInt32> {
        guard !dictionaries.isEmpty else { return [] }
        let compressors = compressors
        let progress = Mutex((last: scannedUpTo, needed: Set<UInt32>()))
        return try perform { db, journal, end in
            var (last, needed) = progress.withLock { $0 }
            let starts = try Row.fetchCursor(
                db,
                sql:
                    "SELECT position, substr(body, 1, 6) FROM entry WHERE position > ? AND encoding = 1 ORDER BY position",
                arguments: [last])
            while let row = try starts.next() {
                last = try row.decode(atIndex: 0)
                if let checksum = DictionaryCache.checksum(namedBy: try row.decode(Blob.self, atIndex: 1).bytes) {
                    needed.insert(checksum)
                }
                if end.isDue() {
                    progress.withLock { $0 = (last, needed) }
                    return nil
                }
            }
            var deleted: Set<UInt32> = []
            for checksum in dictionaries.subtracting(needed) {
                try db.execute(
                    sql: "DELETE FROM dictionary WHERE checksum = ? AND source IS NOT NULL",
                    arguments: [Int64(checksum)])
                if db.changesCount == 1 { deleted.insert(checksum) }
            }
            try journal.loadDictionaries(db)
            try compressors.load(db)
            return deleted
        }
    }

    private struct RewrittenBody: Sendable {
        let position: Int64
        let encoding: EntryEncoding
        let bytes: [UInt8]
        let dictionary: UInt32?
    }

    private func rewrite(_ row: EntryRow, _ type: String?, mustChange: Bool) -> RewrittenBody? {
        guard let body = try? row.openedBody() else { return nil }
        let compressor = compressors.patientCompressor(source: row.source, type: type)
        if let smaller = compressor.compress(body),
            mustChange || (row.storedBody.count - smaller.count) * 100 >= row.storedBody.count * Self.percentToSave,
            let again = try? ZlibDecompressor.decompress(
                smaller, byteCount: body.count, dictionary: compressor.dictionary), again == body
        {
            return RewrittenBody(
                position: row.position, encoding: .zlib, bytes: smaller, dictionary: compressor.dictionary?.checksum)
        }
        return mustChange ? RewrittenBody(position: row.position, encoding: .raw, bytes: body, dictionary: nil) : nil
    }

    /// Removes all old rows of a slice, then inserts the new rows. Shrinking rows in place would leave pages half
    /// empty.
    ///
    /// A temporary gap permits the removal, because a trigger rejects a removal without a gap.
    private func write(_ rewritten: [RewrittenBody], upTo end: Int64?) throws {
        try performOnce { db, _ in
            try db.inTransaction(.immediate) {
                var removed: [(RewrittenBody, [DatabaseValue])] = []
                for body in rewritten {
                    if let columns = try Self.remove(body, db) { removed.append((body, columns)) }
                }
                for (body, columns) in removed { try Self.insert(body, columns, db) }
                if let end {
                    try db.execute(
                        sql: """
                            INSERT INTO progress (name, position) VALUES (?, ?)
                            ON CONFLICT (name) DO UPDATE SET position = excluded.position
                            """, arguments: [Self.progressName, end])
                } else {
                    try db.execute(sql: "DELETE FROM progress WHERE name = ?", arguments: [Self.progressName])
                }
                return .commit
            }
        }
    }

    /// - Returns: the columns to keep. Nil if the body was pruned, or its entry removed, after it was read.
    private static func remove(_ body: RewrittenBody, _ db: Database) throws -> [DatabaseValue]? {
        let isThere = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT encoding <> 2 FROM entry WHERE position = ?"),
            arguments: [body.position])
        guard isThere == true else { return nil }
        try db.cachedStatement(
            sql: "INSERT INTO gap (firstPosition, lastPosition, chain, recordedBy) VALUES (?1, ?1, zeroblob(32), ?1)"
        ).execute(arguments: [body.position])
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    DELETE FROM entry WHERE position = ?
                    RETURNING uuid, recordedAtMilliseconds, originId, byteCount, bodySHA256, chain, salt, head
                    """), arguments: [body.position])
        try db.cachedStatement(sql: "DELETE FROM gap WHERE firstPosition = ?").execute(arguments: [body.position])
        return row.map { Array($0.databaseValues) }
    }

    private static func insert(_ body: RewrittenBody, _ columns: [DatabaseValue], _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO entry (position, encoding, body, uuid, recordedAtMilliseconds, originId, byteCount, bodySHA256,
                    chain, salt, head)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [body.position, body.encoding.rawValue, Blob(body.bytes)] + StatementArguments(columns))
        guard db.changesCount == 1 else {
            throw ArchiveError.damaged("an entry was not stored again, although SQLite reported no error")
        }
    }
}
