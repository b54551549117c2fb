internal import BodyCompression
internal import Crypto
package import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// A body to be pruned, and what is kept of it.
package struct BodyToPrune: Sendable {
    package let delivery: DeliveryID
    /// What the reports of the delivery are, for the index.
    package let summary: [ReportContent]

    package init(delivery: DeliveryID, summary: [ReportContent]) {
        self.delivery = delivery
        self.summary = summary
    }
}

extension JournalWriter {
    /// Rows of one transaction: a few milliseconds of the writer's time.
    private static let rowsPerPart = 64

    /// Prunes bodies in parts between commits. In each entry the summary takes the body's place; each part adds a record.
    ///
    /// - Parameter holdsKnownUpTo: the position up to which legal holds were considered. When a hold was placed later, the rest stays.
    /// - Returns: the deliveries whose bodies were pruned.
    package func pruneBodies(
        _ bodies: [BodyToPrune], reason: String, holdsKnownUpTo: Int64, at now: Timestamp
    ) throws(ArchiveError) -> [DeliveryID] {
        let work = PartedWork<DeliveryID>(count: bodies.count)
        try perform { db, journal, _ in
            guard journal.lastHold <= holdsKnownUpTo, let range = work.next(Self.rowsPerPart) else { return .finished }
            var next = journal
            var pruned: [PruneRecord.Pruned] = []
            try db.inTransaction(.immediate) {
                for body in bodies[range] {
                    if let row = try Self.prune(body, by: next.last + 1, db) { pruned.append(row) }
                }
                guard !pruned.isEmpty else { return .rollback }
                try next.insert(.record(.prune(PruneRecord(reason: reason, pruned: pruned))), at: now, db)
                return .commit
            }
            journal = next
            work.add(pruned.map(\.delivery))
            return .unfinished
        }
        finishRemoval(didRemove: !work.done.isEmpty)
        return work.done
    }

    /// Removes whole entries in parts between commits. Gaps with the chain take their places; each part adds a record.
    ///
    /// - Parameter holdsKnownUpTo: as in `pruneBodies`.
    /// - Returns: the deliveries that were removed.
    package func removeEntries(
        _ ids: [DeliveryID], reason: String, holdsKnownUpTo: Int64, at now: Timestamp
    ) throws(ArchiveError) -> [DeliveryID] {
        let sorted = ids.sorted()
        let work = PartedWork<DeliveryID>(count: sorted.count)
        try perform { db, journal, _ in
            guard journal.lastHold <= holdsKnownUpTo, let range = work.next(Self.rowsPerPart) else { return .finished }
            var next = journal
            var removed: [DeliveryID] = []
            try db.inTransaction(.immediate) {
                for id in sorted[range] where try Self.remove(id, by: next.last + 1, db) { removed.append(id) }
                guard !removed.isEmpty else { return .rollback }
                let record = ExpiryRecord(reason: reason, runs: Self.runs(removed.map(\.rawValue)))
                try next.insert(.record(.expiry(record)), at: now, db)
                return .commit
            }
            journal = next
            work.add(removed)
            return .unfinished
        }
        finishRemoval(didRemove: !work.done.isEmpty)
        return work.done
    }

    /// Returns free pages to the file system in parts between commits.
    ///
    /// - Parameter pageCount: most pages.
    /// - Returns: pages that are still free.
    package func vacuum(pageCount: Int) throws(ArchiveError) -> Int {
        let step = 16
        let work = PartedWork<Int>(count: max(1, pageCount / step))
        let left = Mutex(0)
        try perform { db, _, end in
            func freeCount() throws -> Int { try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0 }
            repeat {
                guard work.next(1) != nil, try freeCount() > 0 else {
                    let count = try freeCount()
                    left.withLock { $0 = count }
                    return .finished
                }
                // Steps through it to the end: it frees one page a row.
                _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(step))")
            } while !end.isDue()
            return .unfinished
        }
        return left.withLock { $0 }
    }

    /// Empties the log, in which removed bodies would stay, and wakes the indexer.
    private func finishRemoval(didRemove: Bool) {
        guard didRemove else { return }
        // A reader in the way keeps the log; later checkpoints overwrite it. After a failure the writer does not trust the log, and
        // the bodies are pruned all the same.
        _ = try? performOnce { db, _ in try WritingConnection.restartLog(db) }
        announceGrowth()
    }

    /// - Parameter record: the position that the record will have.
    /// - Returns: nil when there is no body to prune.
    private static func prune(_ body: BodyToPrune, by record: Int64, _ db: Database) throws -> PruneRecord.Pruned? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT entry.bodySHA256, entry.salt FROM entry JOIN origin ON origin.id = entry.originId
                    WHERE entry.position = ? AND entry.encoding <> 2 AND origin.source IS NOT NULL
                    """), arguments: [body.delivery.rawValue])
        guard let row else { return nil }
        let bodySalt = try row.decode(Blob.self, atIndex: 1).bytes
        let commitment = Commitment.make(salt: bodySalt, sha256: try row.decode(Blob.self, atIndex: 0).bytes)
        let json = RecordJSON.encode(body.summary)
        // The body's own salt goes with it.
        let salt = Commitment.headSalt(of: bodySalt)
        try db.cachedStatement(
            sql: """
                UPDATE entry SET encoding = 2, bodySHA256 = NULL, bodyCommitment = ?, salt = ?, prunedBy = ?, body = ?
                WHERE position = ?
                """
        ).execute(arguments: [
            Blob(commitment), Blob(salt), record, Blob(WholeBufferCompressor.forRecords.compress(json) ?? json),
            body.delivery.rawValue,
        ])
        return PruneRecord.Pruned(
            delivery: body.delivery, summary: Hex.encode(Commitment.make(salt: salt, bytes: json)))
    }

    /// - Returns: false when there is no such delivery.
    private static func remove(_ id: DeliveryID, by record: Int64, _ db: Database) throws -> Bool {
        let isDelivery = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT origin.source IS NOT NULL FROM entry JOIN origin ON origin.id = entry.originId WHERE position = ?
                    """), arguments: [id.rawValue])
        guard isDelivery == true else { return false }
        try recordGap(id.rawValue, record, db)
        try db.cachedStatement(sql: "DELETE FROM entry WHERE position = ?").execute(arguments: [id.rawValue])
        return true
    }

    /// The gap before this entry grows when the same record made it; else there is a new one.
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

    /// Neighbouring positions as ranges.
    private static func runs(_ positions: [Int64]) -> [ClosedRange<Int64>] {
        var runs: [ClosedRange<Int64>] = []
        for position in positions {
            if let last = runs.last, last.upperBound == position - 1 {
                runs[runs.count - 1] = last.lowerBound...position
            } else {
                runs.append(position...position)
            }
        }
        return runs
    }
}

/// A list that a job works through in parts, and what came of it so far.
final class PartedWork<Done: Sendable>: Sendable {
    private struct State {
        var position = 0
        var done: [Done] = []
    }

    private let count: Int
    private let state = Mutex(State())

    init(count: Int) {
        self.count = count
    }

    /// The next part of at most `length`; nil after the last.
    func next(_ length: Int) -> Range<Int>? {
        state.withLock { state in
            guard state.position < count else { return nil }
            let range = state.position..<min(state.position + length, count)
            state.position = range.upperBound
            return range
        }
    }

    func add(_ items: [Done]) {
        state.withLock { $0.done += items }
    }

    var done: [Done] {
        state.withLock { $0.done }
    }
}
