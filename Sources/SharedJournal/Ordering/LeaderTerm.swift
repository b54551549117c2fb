internal import Deliveries
internal import Journal

/// A period in which this node is the leader and appends runs under its epoch.
///
/// Rows become visible when their transaction commits, not in the order of their numbers. A reader that requests only
/// numbers after the last number that it saw would therefore miss some rows. A lane has only one batch in flight, so
/// its numbers become visible in order. The leader therefore reads each lane in order, and fixes the order of all
/// entries afterwards.
///
/// The statement that appends runs also updates the leader's row, if the row still has the epoch, and thereby extends
/// the lease. A node that takes the lead updates the row as well, so one of the two waits for the other, and no run is
/// appended under an old epoch.
struct LeaderTerm {
    /// The maximum number of entries in one run. A follower always copies complete runs.
    static let runCountLimit = 512
    /// The maximum size of the stored entries of one run, in bytes. A single entry may be larger.
    static let runByteCountLimit: Int64 = 8 * 1024 * 1024
    /// The time limit of one statement.
    static let limit: Duration = .seconds(5)

    let epoch: Int64
    private let connection: PostgresConnection
    private let lease: Duration
    /// The time at which the last statement that extended the lease was started.
    private(set) var extendedAt = ContinuousClock.now
    private var end: ChainMark
    /// The next number to read from each lane.
    private var next: [Int64: Int64] = [:]
    private var hash = ChainHash()

    /// Takes the lead if the lease has expired or already belongs to this node.
    ///
    /// - Parameter expected: the epoch of this process's last term, to continue it after a broken connection; nil at
    ///   the start, to replace the term of an earlier process of the node.
    /// - Returns: nil if another node, or another process of this node, is the leader.
    init?(
        _ connection: PostgresConnection, node: String, lease: Duration, expected: Int64? = nil
    ) throws(PostgresFailure) {
        self.connection = connection
        self.lease = lease
        // This statement waits for runs that the previous leader is appending, because appending runs updates the same
        // row.
        let claimed = try connection.execute(
            """
            UPDATE callbox.leader SET epoch = epoch + 1, holder = $1,
                expires_at = now() + $2 * interval '1 millisecond'
            WHERE id = 1 AND (expires_at < now() OR holder = $1 AND (epoch = $3 OR $3 < 0)) RETURNING epoch
            """, [.text(node), .integer(lease.milliseconds), .integer(expected ?? -1)], limit: Self.limit)
        guard claimed.count == 1 else { return nil }
        epoch = try claimed.integer(0, 0)
        let last = try connection.execute(
            "SELECT first_position + count - 1, chain FROM callbox.run ORDER BY first_position DESC LIMIT 1",
            limit: Self.limit)
        end =
            last.count == 0
            ? ChainMark(position: 0, chain: ChainHash.start)
            : ChainMark(position: try last.integer(0, 0), chain: last.bytes(0, 1))
        let lanes = try connection.execute(
            """
            SELECT lane, coalesce((
                SELECT first_number + count FROM callbox.run WHERE run.lane = lane.lane
                ORDER BY first_number DESC LIMIT 1), 1)
            FROM callbox.lane
            """, limit: Self.limit)
        for row in 0..<lanes.count { next[try lanes.integer(row, 0)] = try lanes.integer(row, 1) }
    }

    /// Extends the lease.
    ///
    /// - Returns: false if another node has become the leader.
    mutating func renew() throws(PostgresFailure) -> Bool {
        let start = ContinuousClock.now
        let renewed = try connection.execute(
            """
            UPDATE callbox.leader SET expires_at = now() + $2 * interval '1 millisecond'
            WHERE id = 1 AND epoch = $1
            """, [.integer(epoch), .integer(lease.milliseconds)], limit: Self.limit)
        guard renewed.changedCount == 1 else { return false }
        extendedAt = start
        return true
    }

    /// Ends the lease, so another node can take the lead at once.
    func resign() {
        _ = try? connection.execute(
            "UPDATE callbox.leader SET holder = '', expires_at = now() WHERE id = 1 AND epoch = $1",
            [.integer(epoch)], limit: Self.limit)
    }

    /// A run that is not appended yet.
    private struct Draft {
        let firstPosition: Int64
        let lane: Int64
        let firstNumber: Int64
        var count: Int64 = 0
        var byteCount: Int64 = 0
        var chain: [UInt8] = []
    }

    /// Appends entries that were committed since the last call, and returns their number; nil if another node has taken
    /// the lead. If it appends entries, it also extends the lease.
    ///
    /// - Parameter laneCountLimit: the maximum number of entries of one lane.
    mutating func advance(laneCountLimit: Int = RoundSize.largest) throws(PostgresFailure) -> Int? {
        let lanes = next.keys.sorted()
        // The limit is not a parameter, because the planner uses it.
        let rows = try connection.execute(
            """
            SELECT new.lane, new.number, new.uuid, new.recorded_at_ms, new.type, new.source, new.verification,
                new.secret_name, new.byte_count, new.head_commitment, new.body_commitment,
                octet_length(new.head) + octet_length(new.body)
            FROM callbox.lane
            LEFT JOIN unnest($1, $2) AS known (lane, number) ON known.lane = lane.lane
            CROSS JOIN LATERAL (
                SELECT * FROM callbox.entry
                WHERE entry.lane = lane.lane AND entry.number >= coalesce(known.number, 1)
                ORDER BY entry.number LIMIT \(laneCountLimit)
            ) AS new
            ORDER BY new.lane, new.number
            """, [.integers(lanes), .integers(lanes.map { next[$0] ?? 1 })], limit: Self.limit)
        guard rows.count > 0 else { return 0 }
        let (drafts, newEnd, newNext) = try drafts(rows)
        guard try append(drafts) else { return nil }
        (end, next) = (newEnd, newNext)
        return rows.count
    }

    private mutating func drafts(
        _ rows: PostgresRows
    ) throws(PostgresFailure) -> ([Draft], ChainMark, [Int64: Int64]) {
        var (drafts, end, next) = ([Draft](), end, next)
        for row in 0..<rows.count {
            let (lane, number) = (try rows.integer(row, 0), try rows.integer(row, 1))
            guard number == next[lane] ?? 1 else {
                throw .rejected(sqlState: "XX001", message: "lane \(lane) has no entry \(next[lane] ?? 1)")
            }
            let byteCount = try rows.integer(row, 11)
            let position = end.position + 1
            let isFull =
                drafts.last.map {
                    $0.lane != lane || $0.count >= Self.runCountLimit || $0.byteCount >= Self.runByteCountLimit
                } ?? true
            if isFull { drafts.append(Draft(firstPosition: position, lane: lane, firstNumber: number)) }
            let origin = Origin(
                type: try rows.text(row, 4), source: try rows.optionalText(row, 5),
                verification: try rows.optionalText(row, 6), secretName: try rows.optionalText(row, 7))
            let chain = hash.next(
                after: end.chain, position: position,
                recordedAt: Timestamp(millisecondsSinceEpoch: try rows.integer(row, 3)),
                byteCount: Int(clamping: try rows.integer(row, 8)), uuid: rows.bytes(row, 2),
                headCommitment: rows.bytes(row, 9), bodyCommitment: rows.bytes(row, 10), origin: origin)
            end = ChainMark(position: position, chain: chain)
            next[lane] = number + 1
            drafts[drafts.count - 1].count += 1
            drafts[drafts.count - 1].byteCount += max(0, byteCount)
            drafts[drafts.count - 1].chain = chain
        }
        return (drafts, end, next)
    }

    /// Appends runs and extends the lease, in one statement.
    ///
    /// - Returns: false if a newer epoch exists. In this case no run was appended.
    private mutating func append(_ drafts: [Draft]) throws(PostgresFailure) -> Bool {
        let start = ContinuousClock.now
        let inserted = try connection.execute(
            """
            WITH held AS (
                UPDATE callbox.leader SET expires_at = now() + $8 * interval '1 millisecond'
                WHERE id = 1 AND epoch = $1 RETURNING epoch
            )
            INSERT INTO callbox.run (first_position, lane, first_number, count, byte_count, chain, epoch)
            SELECT new.first_position, new.lane, new.first_number, new.count, new.byte_count, new.chain, held.epoch
            FROM held CROSS JOIN unnest($2, $3, $4, $5, $6, $7)
                AS new (first_position, lane, first_number, count, byte_count, chain)
            """,
            [
                .integer(epoch), .integers(drafts.map(\.firstPosition)), .integers(drafts.map(\.lane)),
                .integers(drafts.map(\.firstNumber)), .integers(drafts.map(\.count)),
                .integers(drafts.map(\.byteCount)), .byteArrays(drafts.map(\.chain)),
                .integer(lease.milliseconds),
            ], limit: Self.limit)
        guard inserted.changedCount == drafts.count else { return false }
        extendedAt = start
        return true
    }
}

extension Duration {
    /// The whole milliseconds, rounded down. Cannot overflow, because the configuration limits the lease to hours.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
