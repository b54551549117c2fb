package import Deliveries
internal import GRDB
internal import Synchronization

extension ArchiveWriter {
    /// Takes away what was decided, in parts between commits. What is held by now stays.
    ///
    /// - Returns: the decisions that were carried out.
    package func prune(
        _ decisions: [PruningDecision], at now: Timestamp
    ) throws(ArchiveError) -> [PruningDecision] {
        let pruning = Pruning(decisions, now: now)
        try perform(isRebuildable: false) { try pruning.carryOutPart($0, $1) }
        return pruning.carriedOut
    }

    /// Forgets what reports were known by that were pruned whole: after a prune, not after each slice of it.
    package func forgetPrunedIdentities() throws(ArchiveError) {
        let last = Mutex([UInt8]())
        try perform(isRebuildable: true) { db, end in
            var isDone = false
            try db.inTransaction(.immediate) {
                repeat {
                    let after = last.withLock { $0 }
                    let next = try Blob.fetchOne(
                        db.cachedStatement(
                            sql: """
                                SELECT max(key) FROM (SELECT key FROM identity WHERE key > ? ORDER BY key LIMIT 512)
                                """), arguments: [Blob(after)])
                    guard let next else {
                        isDone = true
                        break
                    }
                    // Beyond the cursor a report may be about to be written.
                    try db.cachedStatement(
                        sql: """
                            DELETE FROM identity WHERE key > ? AND key <= ?
                                AND reportId >> 20 <= (SELECT journalId FROM projection WHERE name = 'reports')
                                AND NOT EXISTS (SELECT 1 FROM report WHERE report.id = identity.reportId)
                            """
                    ).execute(arguments: [Blob(after), next])
                    last.withLock { $0 = next.bytes }
                } while !end.hasCome
                return .commit
            }
            return isDone ? .finished : .unfinished
        }
    }

    /// Gives pages that are free back to the file system, in parts between commits.
    ///
    /// - Parameter pageCount: at most so many.
    /// - Returns: how many are still free.
    package func vacuum(pageCount: Int) throws(ArchiveError) -> Int {
        let progress = PartProgress()
        let step = 16
        try perform(isRebuildable: false) { db, end in
            repeat {
                guard progress.take(of: max(1, pageCount / step)) != nil,
                    try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0 > 0
                else { return .finished }
                // Steps through it to the end: it frees a page a row.
                _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(step))")
            } while !end.hasCome
            return .unfinished
        }
        return try perform { try Int.fetchOne($0, sql: "PRAGMA freelist_count") ?? 0 }
    }
}

/// Carries pruning decisions out.
final class Pruning: Sendable {
    private struct State {
        var position = 0
        /// Deliveries that went whole, whose fields are still there.
        var fieldless: [Int64] = []
        var carriedOut: [PruningDecision] = []
    }

    private let decisions: [PruningDecision]
    private let now: Timestamp
    private let state = Mutex(State())

    init(_ decisions: [PruningDecision], now: Timestamp) {
        self.decisions = decisions
        self.now = now
    }

    var carriedOut: [PruningDecision] {
        state.withLock { $0.carriedOut }
    }

    func carryOutPart(_ db: Database, _ end: PartEnd) throws -> WriterJob.Progress {
        try state.withLock { state in
            var next = state
            try db.inTransaction(.immediate) {
                let holds = try HoldTable(db)
                // What a rebuild that began after the plan has not reached says nothing of holds, and could say nothing again.
                let cursor = try ProjectionTables.cursor(db)
                while next.position < decisions.count {
                    if decisions[next.position].id.rawValue <= cursor {
                        try carryOut(decisions[next.position], holds, &next, db)
                    }
                    next.position += 1
                    if end.hasCome { break }
                }
                // With the rows they belong to, or a crash would leave them behind for good.
                try removeFields(next.fieldless, db)
                next.fieldless = []
                return .commit
            }
            state = next
            return state.position == decisions.count ? .finished : .unfinished
        }
    }

    private func carryOut(_ decision: PruningDecision, _ holds: HoldTable, _ state: inout State, _ db: Database) throws
    {
        let id = decision.id.rawValue
        let isGone = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT encoding = 'gone' FROM body WHERE journalId = ?"), arguments: [id])
        // Another run may have been there first.
        guard let isGone, !isGone || decision.extent == .everything else { return }
        let brought = try BroughtReport.all(by: id, db)
        guard try !holds.holds(id, reports: brought.map(\.id), db) else { return }
        if decision.extent == .everything, brought.contains(where: \.cameAgain) { return }
        try handBodyOn(id, db)
        switch decision.extent {
        case .body:
            try db.cachedStatement(
                sql: """
                    UPDATE body SET encoding = 'gone', sameAs = NULL, pruningId = ?, bytes = x'' WHERE journalId = ?
                    """
            ).execute(arguments: [try pruningID(decision.reason, db), id])
        case .everything:
            try recordGap(id, decision.reason, db)
            for sql in Self.removals { try db.cachedStatement(sql: sql).execute(arguments: [id]) }
            state.fieldless.append(id)
        }
        state.carriedOut.append(decision)
    }

    /// Children first. `?1` is the delivery.
    private static let removals = [
        "DELETE FROM attempt WHERE reportId BETWEEN ?1 << 20 AND ((?1 + 1) << 20) - 1",
        "DELETE FROM attempt WHERE id BETWEEN ?1 << 20 AND ((?1 + 1) << 20) - 1",
        "DELETE FROM report WHERE id BETWEEN ?1 << 20 AND ((?1 + 1) << 20) - 1",
        "DELETE FROM promotion WHERE journalId = ?1",
        "DELETE FROM replay WHERE journalId = ?1",
        "DELETE FROM body WHERE journalId = ?1",
        "DELETE FROM journal WHERE id = ?1",
    ]

    /// Where other deliveries have the same body, the first of them takes it over.
    private func handBodyOn(_ id: Int64, _ db: Database) throws {
        let heir = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT min(journalId) FROM body WHERE sameAs = ?"), arguments: [id])
        guard let heir else { return }
        try db.cachedStatement(
            sql: """
                UPDATE body SET encoding = kept.encoding, sameAs = NULL, bytes = kept.bytes
                FROM (SELECT encoding, bytes FROM body WHERE journalId = ?1) AS kept WHERE journalId = ?2
                """
        ).execute(arguments: [id, heir])
        try db.cachedStatement(sql: "UPDATE body SET sameAs = ?2 WHERE sameAs = ?1").execute(arguments: [id, heir])
    }

    private func pruningID(_ reason: String, _ db: Database) throws -> Int64 {
        let known = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT id FROM pruning WHERE prunedAtMilliseconds = ? AND reason = ? ORDER BY id DESC LIMIT 1"),
            arguments: [now.millisecondsSinceEpoch, reason])
        if let known { return known }
        try db.execute(
            sql: "INSERT INTO pruning (prunedAtMilliseconds, reason) VALUES (?, ?)",
            arguments: [now.millisecondsSinceEpoch, reason])
        return db.lastInsertedRowID
    }

    /// The gap before this row grows where it was made by the same run for the same reason; else there is a new one.
    private func recordGap(_ id: Int64, _ reason: String, _ db: Database) throws {
        let arguments: StatementArguments = [id, now.millisecondsSinceEpoch, reason]
        try db.cachedStatement(
            sql: """
                UPDATE gap SET lastId = ?1, chain = (SELECT chain FROM journal WHERE id = ?1)
                WHERE firstId = (SELECT max(firstId) FROM gap WHERE firstId <= ?1)
                    AND lastId = ?1 - 1 AND prunedAtMilliseconds = ?2 AND reason = ?3
                """
        ).execute(arguments: arguments)
        guard db.changesCount == 0 else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO gap (firstId, lastId, chain, prunedAtMilliseconds, reason)
                SELECT id, id, chain, ?2, ?3 FROM journal WHERE id = ?1
                """
        ).execute(arguments: arguments)
    }

    /// One pass over each segment: the index has no order by report.
    private func removeFields(_ deliveries: [Int64], _ db: Database) throws {
        for (segment, ids) in Dictionary(grouping: deliveries, by: ArrivalID.segment(ofDelivery:)) {
            let list = ids.map(String.init).joined(separator: ",")
            try db.execute(
                sql: "DELETE FROM field WHERE segment = ? AND reportId >> 20 IN (SELECT value FROM json_each(?))",
                arguments: [segment, "[\(list)]"])
        }
    }
}
