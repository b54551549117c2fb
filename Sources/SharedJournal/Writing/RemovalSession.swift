internal import Deliveries
internal import Journal

/// Removes bodies and entries from the shared journal, using a separate lane.
///
/// The record and the removal are one transaction, which locks the row of each lane. The lock waits for batches in
/// progress and delays the next batches, so the transaction sees all acknowledged holds. If the caller did not consider
/// one of these holds, no entry is removed. Nodes remove the same bodies and entries from their copies when they copy
/// the record.
struct RemovalSession {
    enum Removal {
        case bodies([EncodedSummary])
        case entries
    }

    private static let limit = LaneSession.statementLimit

    private var lane: LaneSession
    private var connection: PostgresConnection { lane.connection }

    var epoch: Int64 { lane.epoch }

    /// - Parameter expected: the epoch of this process's last session, as in `LaneSession`.
    /// - Returns: nil if another process has claimed the lane since that session.
    init?(_ settings: SharedJournalSettings, expected: Int64?) throws(PostgresFailure) {
        let name = "\(settings.node)/removal"
        guard
            let lane = try LaneSession(
                try settings.connect("removal"), name: name, expected: expected, level: settings.level)
        else { return nil }
        self.lane = lane
    }

    /// Inserts the record and removes the bodies or entries that it names.
    ///
    /// - Parameters:
    ///   - record: the record that names the removed bodies or entries.
    ///   - holdsKnownUpTo: the position up to which holds were considered.
    /// - Returns: false if no entry was removed, because another node has removed one of them or placed a hold.
    /// - Throws: `PostgresFailure`; the session must then not be used again.
    mutating func remove(
        _ entries: [RemovableEntry], _ removal: Removal, record: PortableEntry, holdsKnownUpTo: Int64
    ) throws -> Bool {
        _ = try connection.execute("BEGIN", limit: Self.limit)
        guard try !hasHold(after: holdsKnownUpTo) else { return try rollBack() }
        let outcome = try lane.insertOnly([record])
        guard outcome == .committed else {
            _ = try rollBack()
            throw SharedAppendFailure.rejected(.storageFailed)
        }
        let count =
            switch removal {
            case .bodies(let summaries): try prune(entries, summaries, record)
            case .entries: try delete(entries, record)
            }
        guard count == entries.count else {
            lane.forget(1)
            return try rollBack()
        }
        _ = try connection.execute("COMMIT", limit: Self.limit)
        guard try lane.proof() == .committed else { throw SharedAppendFailure.rejected(.storageFailed) }
        return true
    }

    private func rollBack() throws(PostgresFailure) -> Bool {
        _ = try connection.execute("ROLLBACK", limit: Self.limit)
        return false
    }

    /// Locks all lanes. Returns true if there is a hold after a position, or a hold that is not in a run yet.
    private func hasHold(after position: Int64) throws(PostgresFailure) -> Bool {
        _ = try connection.execute("SELECT lane FROM callbox.lane ORDER BY lane FOR UPDATE", limit: Self.limit)
        // A separate statement: its snapshot must include the entries that were committed while the first statement
        // waited for the locks.
        return try connection.execute(
            """
            SELECT EXISTS (
                SELECT 1 FROM callbox.entry LEFT JOIN LATERAL (
                    SELECT * FROM callbox.run WHERE run.lane = entry.lane AND run.first_number <= entry.number
                    ORDER BY run.first_number DESC LIMIT 1
                ) AS run ON entry.number < run.first_number + run.count
                WHERE entry.type = 'hold'
                    AND coalesce(run.first_position + entry.number - run.first_number > $1, true))
            """, [.integer(position)], limit: Self.limit
        ).flag(0, 0)
    }

    private func prune(
        _ entries: [RemovableEntry], _ summaries: [EncodedSummary], _ record: PortableEntry
    ) throws(PostgresFailure) -> Int {
        try connection.execute(
            """
            UPDATE callbox.entry
            SET encoding = 2, body = new.body, body_sha256 = '', salt = new.salt, pruned_by = $4
            FROM unnest($1, $2, $3) AS new (uuid, body, salt)
            WHERE entry.uuid = new.uuid AND entry.encoding <> 2
            """,
            [
                .uuids(entries.map(\.uuid)), .byteArrays(summaries.map(\.stored)),
                .byteArrays(entries.map(\.headSalt)), .uuid(record.uuid),
            ], limit: Self.limit
        ).changedCount
    }

    private func delete(_ entries: [RemovableEntry], _ record: PortableEntry) throws(PostgresFailure) -> Int {
        let chains = Dictionary(entries.map { ($0.id.rawValue, $0.chain) }) { $1 }
        let runs = ExpiryRecord.runs(of: entries.map(\.id.rawValue))
        _ = try connection.execute(
            """
            INSERT INTO callbox.gap (first_position, last_position, chain, recorded_by)
            SELECT new.*, $4 FROM unnest($1, $2, $3) AS new
            """,
            [
                .integers(runs.map(\.lowerBound)), .integers(runs.map(\.upperBound)),
                .byteArrays(runs.map { chains[$0.upperBound] ?? [] }), .uuid(record.uuid),
            ], limit: Self.limit)
        return try connection.execute(
            "DELETE FROM callbox.entry WHERE uuid = ANY($1)", [.uuids(entries.map(\.uuid))], limit: Self.limit
        ).changedCount
    }
}
