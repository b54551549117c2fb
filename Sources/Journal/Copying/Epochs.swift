package import Deliveries
internal import GRDB
internal import Synchronization

/// The epoch of a journal: 1, plus the number of times that a copy became the primary.
///
/// ```
/// primary, epoch 1 ── copied ──▶ copy ── promote: record "epoch 2" ──▶ primary, epoch 2
///        └── learns of epoch 2 ──▶ superseded: takes no entries
/// ```
package struct JournalEpoch: Sendable, Equatable {
    /// The epoch of new entries; 1 before the first promotion.
    package let number: Int64
    /// The highest epoch that the journal knows of. If this epoch is higher than `number`, another archive took over.
    package let highest: Int64
    /// The end of the previous epoch. A journal that contains this mark has the same history up to the mark.
    package let start: ChainMark

    /// True if another archive took over. After that, this journal accepts no entries.
    package var isSuperseded: Bool { highest > number }
}

enum EpochTable {
    static func read(_ db: Database) throws -> JournalEpoch {
        let (own, highest) = try numbers(db)
        let position = try Int64.fetchOne(db, sql: "SELECT position FROM epoch WHERE number = ?", arguments: [own])
        let start = try position.flatMap { try ChainMark.at($0 - 1, db) }
        return JournalEpoch(number: own, highest: highest, start: start ?? .start)
    }

    /// The epoch of new entries, and the highest known epoch.
    static func numbers(_ db: Database) throws -> (own: Int64, highest: Int64) {
        let row = try Row.fetchOne(
            db, sql: "SELECT max(number) FILTER (WHERE position IS NOT NULL), max(number) FROM epoch")
        return (row?[0] ?? 1, row?[1] ?? 1)
    }

    /// - Parameter position: the position of the epoch's record; nil for an epoch of another archive.
    static func insert(_ number: Int64, at position: Int64?, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO epoch (number, position) VALUES (?, ?)
                ON CONFLICT (number) DO UPDATE SET position = excluded.position
                """, arguments: [number, position])
    }
}

extension JournalReader {
    /// The epoch of the journal, read in one snapshot.
    package func epoch() throws(ArchiveError) -> JournalEpoch {
        try read { try EpochTable.read($0) }
    }
}

extension JournalWriter {
    /// The epoch of the journal. Blocks like `perform`.
    package func epoch() throws(ArchiveError) -> JournalEpoch {
        try performOnce { db, _ in try EpochTable.read(db) }
    }

    /// Durably stops the journal from accepting entries, because another archive takes over with the number `epoch`.
    /// Entries that were acknowledged earlier are in the journal when this call returns. Blocks like `perform`.
    package func supersede(by epoch: Int64) throws(ArchiveError) {
        try performOnce { [self] db, journal in
            guard try EpochTable.numbers(db).highest < epoch else { return }
            try db.inTransaction(.immediate) {
                try EpochTable.insert(epoch, at: nil, db)
                return .commit
            }
            journal.isSuperseded = true
            supersededFlag.store(true, ordering: .releasing)
        }
    }

    /// Throws the error that `promote` would throw now.
    package func checkPromotion() throws(ArchiveError) {
        try performOnce { db, journal in try Self.checkPromotion(journal, db) }
    }

    private static func checkPromotion(_ journal: JournalAppend, _ db: Database) throws {
        if case .shared? = try UpstreamTable.read(db) {
            throw ArchiveError.notPromoted(reason: "it is a copy of a shared journal, which servers write to")
        }
        guard journal.isCopy || journal.isSuperseded else {
            throw ArchiveError.notPromoted(reason: "it is already the primary")
        }
        // Other archives compare the end of the previous epoch with their own journal. The epoch that ends here
        // therefore needs at least one entry.
        guard journal.last > 0 else { throw ArchiveError.notPromoted(reason: "it is empty") }
    }

    /// Makes a copy of another archive, or a superseded archive, the primary. The record of the new epoch ends the
    /// copying. Blocks like `perform`.
    ///
    /// - Parameter epoch: the new epoch; nil for the highest known epoch plus 1.
    /// - Returns: the new epoch and the position of its record.
    package func promote(
        in epoch: Int64? = nil, at now: Timestamp
    ) throws(ArchiveError) -> (epoch: Int64, position: Int64) {
        let promoted = try performOnce { [self] db, journal in
            try Self.checkPromotion(journal, db)
            var next = journal
            let number = max(try EpochTable.numbers(db).highest + 1, epoch ?? 0)
            (next.isCopy, next.isSuperseded) = (false, false)
            try db.inTransaction(.immediate) {
                try next.insert(.record(.epoch(EpochRecord(number: number))), at: now, db)
                try EpochTable.insert(number, at: next.last, db)
                try UpstreamTable.remove(db)
                return .commit
            }
            journal = next
            supersededFlag.store(false, ordering: .releasing)
            return (epoch: number, position: next.last)
        }
        announceGrowth()
        return promoted
    }

    /// Makes the journal a copy of another archive that contains this journal's last entry. Blocks like `perform`.
    ///
    /// - Throws: `notACopy` if entries were added since `end` was read.
    package func followArchive(from end: ChainMark) throws(ArchiveError) {
        try performOnce { db, journal in
            guard journal.last == end.position, journal.chain == end.chain else {
                throw ArchiveError.notACopy(reason: "the archive has entries of its own")
            }
            if let upstream = try UpstreamTable.read(db) {
                guard upstream == .archive else {
                    throw ArchiveError.notACopy(reason: "the archive is a copy of a shared journal")
                }
            } else {
                try UpstreamTable.insert(.archive, db)
            }
            journal.isCopy = true
        }
    }

    /// The end of the journal. Blocks like `perform`.
    package func end() throws(ArchiveError) -> ChainMark {
        try performOnce { _, journal in ChainMark(position: journal.last, chain: journal.chain) }
    }
}
