package import Deliveries
internal import GRDB

/// Consecutive positions of a journal, as copies receive them.
package struct CopiedRun: Sendable {
    package enum Item: Sendable {
        case entry(PortableEntry)
        /// A gap up to the position `last`, which has this chain hash.
        case gap(last: Int64, chain: [UInt8], recordedBy: Int64)
    }

    package let firstPosition: Int64
    package let items: [Item]
    /// The number of items that are not gaps.
    package var entryCount: Int { items.count { if case .entry = $0 { true } else { false } } }
    /// The stored summaries of the deliveries named in this run's prune records, by position. Deliveries that were
    /// removed later have no summary.
    package let summaries: [Int64: [UInt8]]
    /// The chain hash at the last position.
    package let chain: [UInt8]

    package init(firstPosition: Int64, items: [Item], summaries: [Int64: [UInt8]] = [:], chain: [UInt8]) {
        self.firstPosition = firstPosition
        self.items = items
        self.summaries = summaries
        self.chain = chain
    }
}

/// The result of appending copied runs.
package struct CopyOutcome: Sendable {
    /// The end of the copy after the append.
    package let end: ChainMark
    /// The deliveries whose bodies or entries were removed.
    package let removed: [DeliveryID]
}

/// The journal from which a copy is made.
enum Upstream: Equatable {
    /// The shared journal in PostgreSQL with this UUID.
    case shared([UInt8])
    /// The journal of another archive.
    case archive
}

enum UpstreamTable {
    /// Nil if the journal is not a copy.
    static func read(_ db: Database) throws -> Upstream? {
        guard let row = try Row.fetchOne(db, sql: "SELECT journalUUID FROM upstream") else { return nil }
        return try row.decode(Blob?.self, atIndex: 0).map { .shared($0.bytes) } ?? .archive
    }

    static func insert(_ upstream: Upstream, _ db: Database) throws {
        let uuid: Blob? = if case .shared(let uuid) = upstream { Blob(uuid) } else { nil }
        try db.execute(sql: "INSERT INTO upstream (id, journalUUID) VALUES (1, ?)", arguments: [uuid])
    }

    static func remove(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM upstream")
    }
}

extension JournalWriter {
    /// Makes an empty journal a copy of the shared journal with this UUID. If the journal is already a copy, checks the
    /// UUID. Blocks like `perform`.
    ///
    /// - Returns: the end of the copy; position 0 if it is empty.
    package func follow(_ upstream: [UInt8]) throws(ArchiveError) -> ChainMark {
        try performOnce { db, journal in
            var next = journal
            try db.inTransaction(.immediate) {
                try next.follow(upstream, db)
                return .commit
            }
            journal = next
            return ChainMark(position: next.last, chain: next.chain)
        }
    }

    /// Appends runs in one transaction and applies the removals that their records name. Blocks like `perform`.
    package func append(_ runs: [CopiedRun]) throws(ArchiveError) -> CopyOutcome {
        let outcome = try performOnce { db, journal in
            var next = journal
            var removed: [DeliveryID] = []
            try db.inTransaction(.immediate) {
                for run in runs { removed += try next.insert(run, db) }
                return .commit
            }
            journal = next
            return CopyOutcome(end: ChainMark(position: next.last, chain: next.chain), removed: removed)
        }
        if !outcome.removed.isEmpty { eraseLog() }
        announceGrowth()
        return outcome
    }
}

extension JournalReader {
    /// The position of the entry with this UUID; nil if there is none.
    package func position(of uuid: [UInt8]) throws(ArchiveError) -> Int64? {
        try read { db in
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT position FROM entry WHERE uuid = ?"), arguments: [Blob(uuid)])
        }
    }

    /// True if the journal is a copy.
    package func isCopy() throws(ArchiveError) -> Bool {
        try read { try UpstreamTable.read($0) != nil }
    }
}
