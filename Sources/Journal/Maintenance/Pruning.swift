internal import BodyCompression
internal import Crypto
package import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// A delivery whose body is to be pruned.
package struct BodyToPrune: Sendable {
    package let delivery: DeliveryID
    /// The reports of the delivery. The index continues to show these reports.
    package let summary: [ReportContent]

    package init(delivery: DeliveryID, summary: [ReportContent]) {
        self.delivery = delivery
        self.summary = summary
    }
}

/// Removes bodies and entries from a journal and appends a record of each removal.
package protocol EntryRemover: Sendable {
    /// Prunes bodies. In each entry, a summary replaces the body. Blocks.
    ///
    /// - Parameter holdsKnownUpTo: the position up to which legal holds were considered. A later hold ends the job
    ///   early.
    /// - Returns: the deliveries whose bodies were pruned.
    func pruneBodies(
        _ bodies: [BodyToPrune], reason: String, holdsKnownUpTo: Int64, at now: Timestamp
    ) throws -> [DeliveryID]

    /// Removes whole entries. Gaps preserve the chain. Blocks.
    ///
    /// - Returns: the removed deliveries.
    func removeEntries(
        _ ids: [DeliveryID], reason: String, holdsKnownUpTo: Int64, at now: Timestamp
    ) throws -> [DeliveryID]
}

extension JournalWriter: EntryRemover {
    /// The maximum number of rows in one transaction.
    private static let rowsPerPart = 64
    /// The number of removed bytes after which a transaction removes no further body. The number is limited because
    /// `secure_delete` overwrites each removed byte.
    private static let bytesPerPart = 4 << 20

    /// Prunes bodies in several transactions, between which deliveries are committed. Each transaction appends a
    /// record.
    package func pruneBodies(
        _ bodies: [BodyToPrune], reason: String, holdsKnownUpTo: Int64, at now: Timestamp
    ) throws(ArchiveError) -> [DeliveryID] {
        // Encodes the summaries on this thread, because the writer's thread must stay free for deliveries.
        let summaries = bodies.map(EncodedSummary.init)
        return try removeInParts(summaries, holdsKnownUpTo, at: now, by: Self.prune) {
            .prune(PruneRecord(reason: reason, pruned: $0))
        }.map(\.delivery)
    }

    /// Removes entries in several transactions, like `pruneBodies`.
    package func removeEntries(
        _ ids: [DeliveryID], reason: String, holdsKnownUpTo: Int64, at now: Timestamp
    ) throws(ArchiveError) -> [DeliveryID] {
        try removeInParts(ids.sorted(), holdsKnownUpTo, at: now, by: Self.remove) {
            .expiry(ExpiryRecord(reason: reason, runs: ExpiryRecord.runs(of: $0.map(\.rawValue))))
        }
    }

    /// A removed body or entry, and the number of its stored bytes.
    typealias Removal<Removed> = (removed: Removed, byteCount: Int)

    private func removeInParts<Item: Sendable, Removed: Sendable>(
        _ items: [Item], _ holdsKnownUpTo: Int64, at now: Timestamp,
        by remove: @escaping @Sendable (Item, _ record: Int64, Database) throws -> Removal<Removed>?,
        record: @escaping @Sendable ([Removed]) -> JournalRecord
    ) throws(ArchiveError) -> [Removed] {
        let progress = Mutex((next: 0, removed: [Removed]()))
        let removed = try perform { db, journal, _ -> [Removed]? in
            var (index, all) = progress.withLock { $0 }
            guard journal.lastHold <= holdsKnownUpTo, index < items.count else { return all }
            var next = journal
            var removed: [Removed] = []
            var byteCount = 0
            let end = min(index + Self.rowsPerPart, items.count)
            try db.inTransaction(.immediate) {
                while index < end, byteCount < Self.bytesPerPart {
                    if let removal = try remove(items[index], next.last + 1, db) {
                        removed.append(removal.removed)
                        byteCount += removal.byteCount
                    }
                    index += 1
                }
                guard !removed.isEmpty else { return .rollback }
                try next.insert(.record(record(removed)), at: now, db)
                return .commit
            }
            journal = next
            all += removed
            progress.withLock { $0 = (index, all) }
            return nil
        }
        guard !removed.isEmpty else { return [] }
        eraseLog()
        announceGrowth()
        return removed
    }

    /// Empties the write-ahead log, which still contains the removed bodies. If a reader prevents this, later
    /// checkpoints overwrite the log. Failures are ignored, because the journal itself no longer contains the bodies.
    func eraseLog() {
        _ = try? performOnce { db, _ in try WritingConnection.restartLog(db) }
    }

    /// Returns up to `pageCount` free pages to the file system, in steps between which deliveries are committed.
    ///
    /// - Returns: the number of pages that are still free.
    package func vacuum(pageCount: Int) throws(ArchiveError) -> Int {
        let pagesPerStep = 16
        let stepsLeft = Mutex(max(1, pageCount / pagesPerStep))
        return try perform { db, _, end in
            repeat {
                let freeCount = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                let isLast = stepsLeft.withLock { steps in
                    steps -= 1
                    return steps < 0
                }
                if isLast || freeCount == 0 { return freeCount }
                // Fetches all rows of the pragma, because SQLite frees one page per row.
                _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(pagesPerStep))")
            } while !end.isDue()
            return nil
        }
    }

    /// Prunes one body.
    ///
    /// - Returns: nil if there is no body to prune.
    static func prune(
        _ summary: EncodedSummary, by record: Int64, _ db: Database
    ) throws -> Removal<PruneRecord.Pruned>? {
        let position = summary.delivery.rawValue
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT entry.bodySHA256, entry.salt, length(entry.body)
                    FROM entry JOIN origin ON origin.id = entry.originId
                    WHERE entry.position = ? AND entry.encoding <> 2 AND origin.source IS NOT NULL
                    """), arguments: [position])
        guard let row else { return nil }
        let bodySalt = try row.decode(Blob.self, atIndex: 1).bytes
        let commitment = Commitment.make(salt: bodySalt, sha256: try row.decode(Blob.self, atIndex: 0).bytes)
        // Derives the salt of the head, because the body's own salt is removed with the body.
        let salt = Commitment.headSalt(of: bodySalt)
        try db.cachedStatement(
            sql: """
                UPDATE entry SET encoding = 2, bodySHA256 = NULL, bodyCommitment = ?, salt = ?, prunedBy = ?, body = ?
                WHERE position = ?
                """
        ).execute(arguments: [Blob(commitment), Blob(salt), record, Blob(summary.stored), position])
        let pruned = PruneRecord.Pruned(
            delivery: summary.delivery, summary: Hex.encode(Commitment.make(salt: salt, sha256: summary.sha256)))
        return (pruned, try row.decode(atIndex: 2))
    }

    /// Removes one entry.
    ///
    /// - Returns: nil if there is no such delivery.
    static func remove(_ id: DeliveryID, by record: Int64, _ db: Database) throws -> Removal<DeliveryID>? {
        let byteCount = try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT length(entry.body) FROM entry JOIN origin ON origin.id = entry.originId
                    WHERE entry.position = ? AND origin.source IS NOT NULL
                    """), arguments: [id.rawValue])
        guard let byteCount else { return nil }
        try recordGap(id.rawValue, record, db)
        try db.cachedStatement(sql: "DELETE FROM entry WHERE position = ?").execute(arguments: [id.rawValue])
        return (id, byteCount)
    }

    /// Adds a gap for this position. If an adjacent earlier gap has the same record, extends the earlier gap instead.
    private static func recordGap(_ position: Int64, _ record: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                UPDATE gap SET lastPosition = ?1, chain = (SELECT chain FROM entry WHERE position = ?1)
                WHERE firstPosition = (SELECT max(firstPosition) FROM gap WHERE firstPosition <= ?1)
                    AND lastPosition = ?1 - 1 AND recordedBy = ?2
                """
        ).execute(arguments: [position, record])
        guard db.changesCount == 0 else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO gap (firstPosition, lastPosition, chain, recordedBy)
                SELECT position, position, chain, ?2 FROM entry WHERE position = ?1
                """
        ).execute(arguments: [position, record])
    }
}

/// A summary in its stored form.
package struct EncodedSummary: Sendable {
    package let delivery: DeliveryID
    let sha256: [UInt8]
    package let stored: [UInt8]

    package init(_ body: BodyToPrune) {
        let json = RecordJSON.encode(body.summary)
        delivery = body.delivery
        sha256 = SHA256.bytes(of: json)
        stored = WholeBufferCompressor.forRecords.compress(json) ?? json
    }

    /// - Throws: `damaged` if the stored summary cannot be decompressed.
    init(_ delivery: DeliveryID, stored: [UInt8]) throws(ArchiveError) {
        self.delivery = delivery
        self.stored = stored
        sha256 = SHA256.bytes(of: try EntryRow.summaryJSON(stored, at: delivery.rawValue))
    }
}
