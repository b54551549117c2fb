internal import Deliveries
internal import Journal

/// A claimed lane on one connection. Inserts batches under its epoch.
///
/// ```
/// claim: epoch + 1, read the last number ──▶ insert ▸ insert ▸ insert …
///          │ the epoch is not the expected one            │ 0 rows because the epoch is older: fenced
/// ```
/// If a batch of the lane is still being committed, the claim waits for it, because the batch locks the lane's row FOR
/// SHARE. After the claim, the outcome of each earlier batch is therefore final.
struct LaneSession {
    enum Outcome: Equatable {
        case committed
        /// Another session has claimed the lane. No entry was inserted.
        case fenced
        /// Commits currently do not reach the level. No entry was inserted.
        case levelNotMet
        /// The batch is committed, possibly only on the primary, so it must not be acknowledged. The value is the
        /// reason.
        case unproved(String)
    }

    /// The time limit of one statement. Providers wait for the statement.
    static let statementLimit: Duration = .seconds(5)

    let lane: Int64
    let epoch: Int64
    let connection: PostgresConnection
    private let level: DurabilityLevel
    private let insertSQL: String
    /// True if the claim of the lane is durable at the level.
    let isProved: Bool
    private var next: Int64

    /// Claims a lane by its name. Creates the lane if it does not exist.
    ///
    /// - Parameter expected: the epoch of this process's last session; nil at the start, to replace the claim of any
    ///   process.
    /// - Returns: nil if another process has claimed the lane since that session.
    init?(
        _ connection: PostgresConnection, name: String, expected: Int64?, level: DurabilityLevel
    ) throws(PostgresFailure) {
        self.connection = connection
        self.level = level
        self.insertSQL = Self.insertSQL(level)
        let wasMet = try Self.isMet(level, connection)
        guard let (lane, epoch) = try Self.claim(connection, name, expected) else { return nil }
        (self.lane, self.epoch) = (lane, epoch)
        let hasWarning = !connection.lastWarnings.isEmpty
        let isStillMet = try Self.isMet(level, connection)
        isProved = wasMet && !hasWarning && isStillMet
        // Also reads the runs, because retention may have removed the last entries.
        let last = try connection.execute(
            """
            SELECT greatest(
                coalesce((SELECT max(number) FROM callbox.entry WHERE lane = $1), 0),
                coalesce((
                    SELECT first_number + count - 1 FROM callbox.run WHERE lane = $1
                    ORDER BY first_number DESC LIMIT 1), 0))
            """, [.integer(lane)], limit: Self.statementLimit)
        next = try last.integer(0, 0) + 1
    }

    private static func claim(
        _ connection: PostgresConnection, _ name: String, _ expected: Int64?
    ) throws(PostgresFailure) -> (lane: Int64, epoch: Int64)? {
        let claimed = try connection.execute(
            """
            UPDATE callbox.lane SET epoch = epoch + 1, claimed_at = now()
            WHERE name = $1 AND (epoch = $2 OR $2 < 0) RETURNING lane, epoch
            """, [.text(name), .integer(expected ?? -1)], limit: statementLimit)
        if claimed.count > 0 { return (try claimed.integer(0, 0), try claimed.integer(0, 1)) }
        guard expected == nil else { return nil }
        // Several lanes that are created at the same time choose the same number; all but one try again.
        for attempt in 1... {
            do throws(PostgresFailure) {
                let made = try connection.execute(
                    """
                    INSERT INTO callbox.lane (lane, name, epoch)
                    SELECT coalesce(max(lane), 0) + 1, $1, 1 FROM callbox.lane RETURNING lane, epoch
                    """, [.text(name)], limit: statementLimit)
                return (try made.integer(0, 0), try made.integer(0, 1))
            } catch {
                guard error.isUniqueViolation, attempt < 32 else { throw error }
            }
        }
        return nil
    }

    /// False if another session has claimed the lane.
    func isClaimed() throws(PostgresFailure) -> Bool {
        let rows = try connection.execute(
            "SELECT epoch FROM callbox.lane WHERE lane = $1", [.integer(lane)], limit: Self.statementLimit)
        guard rows.count == 1 else { return false }
        return try rows.integer(0, 0) == epoch
    }

    /// Inserts entries in one statement, which is a transaction: it checks the level, locks the lane's row against a
    /// claim, and inserts the rows only if the check and the lock succeed. If commits do not reach the level, the
    /// statement takes no lock, because even the commit of a lock would wait for unavailable standbys.
    mutating func insert(_ entries: [PortableEntry]) throws(PostgresFailure) -> Outcome {
        let outcome = try insertOnly(entries)
        return outcome == .committed ? try proof() : outcome
    }

    /// Inserts entries without checking afterwards that the commit is durable. Can also be one statement of a larger
    /// transaction.
    mutating func insertOnly(_ entries: [PortableEntry]) throws(PostgresFailure) -> Outcome {
        let rows = try connection.execute(
            insertSQL,
            [
                .integer(lane), .integer(epoch), .integer(next), .uuids(entries.map(\.uuid)),
                .integers(entries.map(\.recordedAt.millisecondsSinceEpoch)), .texts(entries.map(\.origin.type)),
                .texts(entries.map(\.origin.source)), .texts(entries.map(\.origin.verification)),
                .texts(entries.map(\.origin.secretName)), .integers(entries.map { Int64($0.byteCount) }),
                .byteArrays(entries.map(\.bodySHA256)), .byteArrays(entries.map(\.headCommitment)),
                .byteArrays(entries.map(\.bodyCommitment)), .byteArrays(entries.map(\.salt)),
                .integers(entries.map { Int64($0.encoding.rawValue) }), .byteArrays(entries.map(\.head)),
                .byteArrays(entries.map(\.body)),
            ], limit: Self.statementLimit)
        guard rows.count == 1 else { throw .unexpectedResult }
        let (isHeld, isMet, count) = (rows.flag(0, 0), rows.flag(0, 1), try rows.integer(0, 2))
        guard isMet else { return .levelNotMet }
        guard isHeld else { return .fenced }
        guard count == entries.count else { throw .unexpectedResult }
        next += count
        return .committed
    }

    /// Makes the last `count` numbers available again, after their transaction was rolled back.
    mutating func forget(_ count: Int64) { next -= count }

    /// Returns `committed` if the last commit is durable at the level.
    func proof() throws(PostgresFailure) -> Outcome {
        // Warning 01000: the wait for a standby was cancelled, so the commit succeeded only on the primary.
        if let state = connection.lastWarnings.first { return .unproved("warning \(state) at the commit") }
        // If `synchronous_standby_names` was emptied during the commit, the wait ends without a warning.
        guard level.waitsForStandbys else { return .committed }
        return try Self.isMet(level, connection) ? .committed : .unproved("the level changed at the commit")
    }

    private static func isMet(
        _ level: DurabilityLevel, _ connection: PostgresConnection
    ) throws(PostgresFailure) -> Bool {
        try connection.execute("SELECT \(level.condition)", limit: statementLimit).flag(0, 0)
    }

    /// The UUIDs of those `entries` that earlier sessions committed durably at the level. If the claim is durable, all
    /// earlier commits are durable, because a standby that confirmed the claim has them. Empty if the claim is not
    /// durable.
    func durable(_ entries: [PortableEntry]) throws(PostgresFailure) -> Set<[UInt8]> {
        guard isProved else { return [] }
        let rows = try connection.execute(
            "SELECT uuid FROM callbox.entry WHERE uuid = ANY($1)", [.uuids(entries.map(\.uuid))],
            limit: Self.statementLimit)
        return Set((0..<rows.count).map { rows.bytes($0, 0) })
    }

    private static func insertSQL(_ level: DurabilityLevel) -> String {
        """
        WITH proved AS (
            SELECT \(level.condition) AS met
        ), held AS (
            SELECT lane.lane FROM proved CROSS JOIN callbox.lane
            WHERE proved.met AND lane.lane = $1 AND lane.epoch = $2
            FOR SHARE OF lane
        ), added AS (
            INSERT INTO callbox.entry (lane, number, uuid, recorded_at_ms, type, source, verification, secret_name,
                byte_count, body_sha256, head_commitment, body_commitment, salt, encoding, head, body)
            SELECT held.lane, $3 + new.ordinal - 1, new.uuid, new.recorded_at_ms, new.type, new.source,
                new.verification, new.secret_name, new.byte_count, new.body_sha256, new.head_commitment,
                new.body_commitment, new.salt, new.encoding, new.head, new.body
            FROM held CROSS JOIN unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                WITH ORDINALITY AS new (uuid, recorded_at_ms, type, source, verification, secret_name, byte_count,
                    body_sha256, head_commitment, body_commitment, salt, encoding, head, body, ordinal)
            RETURNING 1
        )
        SELECT EXISTS (SELECT 1 FROM held), (SELECT met FROM proved), (SELECT count(*) FROM added)
        """
    }
}
