internal import Deliveries
internal import Journal

/// Reads the runs of a shared journal, with their entries.
struct RunReader {
    /// Runs of one round. With the limit of bytes it bounds the memory.
    private static let runCountLimit = 64
    private static let entryCountLimit: Int64 = 4096
    private static let byteCountLimit: Int64 = 16 * 1024 * 1024
    private static let limit: Duration = .seconds(30)

    let connection: PostgresConnection

    private struct Run {
        let firstPosition: Int64
        let lane: Int64
        let firstNumber: Int64
        let count: Int64
        let byteCount: Int64
        let chain: [UInt8]
    }

    /// Checks that a copy ends like the journal did at that position.
    func check(_ end: ChainMark) throws(PostgresFailure) -> Bool {
        guard end.position > 0 else { return true }
        let rows = try connection.execute(
            """
            SELECT first_position + count - 1, chain FROM callbox.run WHERE first_position <= $1
            ORDER BY first_position DESC LIMIT 1
            """, [.integer(end.position)], limit: Self.limit)
        guard rows.count == 1 else { return false }
        return try rows.integer(0, 0) == end.position && rows.bytes(0, 1) == end.chain
    }

    /// The last position; 0 if there is none.
    func lastPosition() throws(PostgresFailure) -> Int64 {
        try connection.execute(
            """
            SELECT coalesce((
                SELECT first_position + count - 1 FROM callbox.run ORDER BY first_position DESC LIMIT 1), 0)
            """, limit: Self.limit
        ).integer(0, 0)
    }

    /// The next runs after a position, in order, each whole.
    func runs(after position: Int64) throws(PostgresFailure) -> [CopiedRun] {
        let runs = try heads(after: position)
        guard let first = runs.first, let last = runs.last else { return [] }
        // LIMIT keeps the planner from joining with a scan of all entries.
        let rows = try connection.execute(
            """
            SELECT run.first_position + entry.number - run.first_number, entry.uuid, entry.recorded_at_ms, entry.type,
                entry.source, entry.verification, entry.secret_name, entry.byte_count, entry.body_sha256,
                entry.head_commitment, entry.body_commitment, entry.salt, entry.encoding, entry.head, entry.body
            FROM callbox.run CROSS JOIN LATERAL (
                SELECT * FROM callbox.entry
                WHERE entry.lane = run.lane AND entry.number >= run.first_number
                    AND entry.number < run.first_number + run.count
                ORDER BY entry.number LIMIT \(Self.entryCountLimit)
            ) AS entry
            WHERE run.first_position BETWEEN $1 AND $2
            ORDER BY 1
            """, [.integer(first.firstPosition), .integer(last.firstPosition)], limit: Self.limit)
        var copied: [CopiedRun] = []
        var row = 0
        for run in runs {
            var entries: [PortableEntry] = []
            for offset in 0..<run.count {
                guard row < rows.count, try rows.integer(row, 0) == run.firstPosition + offset else {
                    throw .rejected(
                        sqlState: "XX001", message: "entry \(run.firstPosition + offset) is missing in the journal")
                }
                entries.append(try entry(rows, row))
                row += 1
            }
            copied.append(CopiedRun(firstPosition: run.firstPosition, entries: entries, chain: run.chain))
        }
        return copied
    }

    private func heads(after position: Int64) throws(PostgresFailure) -> [Run] {
        let rows = try connection.execute(
            """
            SELECT first_position, lane, first_number, count, byte_count, chain FROM callbox.run
            WHERE first_position > $1 ORDER BY first_position LIMIT \(Self.runCountLimit)
            """, [.integer(position)], limit: Self.limit)
        var runs: [Run] = []
        var (entryCount, byteCount): (Int64, Int64) = (0, 0)
        for row in 0..<rows.count {
            let run = Run(
                firstPosition: try rows.integer(row, 0), lane: try rows.integer(row, 1),
                firstNumber: try rows.integer(row, 2), count: try rows.integer(row, 3),
                byteCount: try rows.integer(row, 4), chain: rows.bytes(row, 5))
            guard (1...Self.entryCountLimit).contains(run.count) else { throw .unexpectedResult }
            entryCount += run.count
            byteCount = byteCount.addingReportingOverflow(run.byteCount).partialValue
            if !runs.isEmpty, entryCount > Self.entryCountLimit || byteCount > Self.byteCountLimit { break }
            runs.append(run)
        }
        return runs
    }

    private func entry(_ rows: PostgresRows, _ row: Int) throws(PostgresFailure) -> PortableEntry {
        guard let encoding = BodyEncoding(rawValue: Int(clamping: try rows.integer(row, 12))) else {
            throw .unexpectedResult
        }
        return PortableEntry(
            uuid: rows.bytes(row, 1), recordedAt: Timestamp(millisecondsSinceEpoch: try rows.integer(row, 2)),
            origin: Origin(
                type: try rows.text(row, 3), source: try rows.optionalText(row, 4),
                verification: try rows.optionalText(row, 5), secretName: try rows.optionalText(row, 6)),
            byteCount: Int(clamping: try rows.integer(row, 7)), bodySHA256: rows.bytes(row, 8),
            headCommitment: rows.bytes(row, 9), bodyCommitment: rows.bytes(row, 10), salt: rows.bytes(row, 11),
            encoding: encoding, head: rows.bytes(row, 13), body: rows.bytes(row, 14))
    }
}
