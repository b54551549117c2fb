internal import Deliveries
internal import Journal

/// Reads the runs of a shared journal with their entries.
struct RunReader {
    /// The maximum number of runs in one round. This number and the maximum size of a run limit the memory use.
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

        var lastPosition: Int64 { firstPosition + count - 1 }
    }

    /// Checks that the shared journal has the same chain hash at the end of a copy.
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

    /// The last position; 0 if the journal is empty.
    func lastPosition() throws(PostgresFailure) -> Int64 {
        try connection.execute(
            """
            SELECT coalesce((
                SELECT first_position + count - 1 FROM callbox.run ORDER BY first_position DESC LIMIT 1), 0)
            """, limit: Self.limit
        ).integer(0, 0)
    }

    /// The next complete runs after a position, in order. Empty if there are no such runs, or if a record that removed
    /// some of their entries has no position yet.
    func runs(after position: Int64) throws(PostgresFailure) -> [CopiedRun] {
        let runs = try heads(after: position)
        guard let first = runs.first, let last = runs.last else { return [] }
        let range = first.firstPosition...last.lastPosition
        let rows = try entries(range)
        // Reads the gaps after the entries. Gaps and entries change in the same transaction, so no removed entry is
        // missed.
        var gaps = rows.count == range.count ? [] : try self.gaps(range)[...]
        var copied: [CopiedRun] = []
        var row = 0
        for run in runs {
            var items: [CopiedRun.Item] = []
            var summaries: [Int64: [UInt8]] = [:]
            var next = run.firstPosition
            while next <= run.lastPosition {
                if row < rows.count, try rows.integer(row, 0) == next {
                    guard let entry = try entry(rows, row) else { return copied }
                    if case .prune(let prune)? = entry.record() { summaries.merge(try self.summaries(prune)) { $1 } }
                    items.append(.entry(entry))
                    (row, next) = (row + 1, next + 1)
                    continue
                }
                while let gap = gaps.first, gap.last < next { gaps.removeFirst() }
                guard let gap = gaps.first, gap.first <= next else {
                    throw .rejected(sqlState: "XX001", message: "entry \(next) is missing from the journal")
                }
                guard let record = gap.recordedBy else { return copied }
                // A gap that is longer than the run continues in the next run.
                let isCut = gap.last > run.lastPosition
                items.append(
                    .gap(
                        last: min(gap.last, run.lastPosition), chain: isCut ? run.chain : gap.chain,
                        recordedBy: record))
                next = min(gap.last, run.lastPosition) + 1
            }
            copied.append(
                CopiedRun(firstPosition: run.firstPosition, items: items, summaries: summaries, chain: run.chain))
        }
        return copied
    }

    /// SQL for the position of the entry whose UUID is in a column. NULL until a run contains the entry.
    private static func position(ofUUID column: String) -> String {
        """
        CASE WHEN \(column) IS NOT NULL THEN (
            SELECT run.first_position + record.number - run.first_number
            FROM callbox.entry AS record CROSS JOIN LATERAL (
                SELECT * FROM callbox.run WHERE run.lane = record.lane AND run.first_number <= record.number
                ORDER BY run.first_number DESC LIMIT 1
            ) AS run
            WHERE record.uuid = \(column) AND record.number < run.first_number + run.count
        ) END
        """
    }

    private func entries(_ range: ClosedRange<Int64>) throws(PostgresFailure) -> PostgresRows {
        // LIMIT prevents the planner from joining with a scan of all entries.
        try connection.execute(
            """
            SELECT run.first_position + entry.number - run.first_number, entry.uuid, entry.recorded_at_ms, entry.type,
                entry.source, entry.verification, entry.secret_name, entry.byte_count, entry.body_sha256,
                entry.head_commitment, entry.body_commitment, entry.salt, entry.encoding, entry.head, entry.body,
                \(Self.position(ofUUID: "entry.pruned_by"))
            FROM callbox.run CROSS JOIN LATERAL (
                SELECT * FROM callbox.entry
                WHERE entry.lane = run.lane AND entry.number >= run.first_number
                    AND entry.number < run.first_number + run.count
                ORDER BY entry.number LIMIT \(Self.entryCountLimit)
            ) AS entry
            WHERE run.first_position BETWEEN $1 AND $2
            ORDER BY 1
            """, [.integer(range.lowerBound), .integer(range.upperBound)], limit: Self.limit)
    }

    private struct Gap {
        let first: Int64
        let last: Int64
        let chain: [UInt8]
        let recordedBy: Int64?
    }

    private func gaps(_ range: ClosedRange<Int64>) throws(PostgresFailure) -> [Gap] {
        let rows = try connection.execute(
            """
            SELECT gap.first_position, gap.last_position, gap.chain, \(Self.position(ofUUID: "gap.recorded_by"))
            FROM callbox.gap WHERE gap.last_position >= $1 ORDER BY gap.last_position LIMIT \(Self.entryCountLimit)
            """, [.integer(range.lowerBound)], limit: Self.limit)
        var gaps: [Gap] = []
        for row in 0..<rows.count {
            gaps.append(
                Gap(
                    first: try rows.integer(row, 0), last: try rows.integer(row, 1), chain: rows.bytes(row, 2),
                    recordedBy: rows.isNull(row, 3) ? nil : try rows.integer(row, 3)))
        }
        return gaps
    }

    /// The summaries of the deliveries that a record names. Omits deliveries whose entries were removed later.
    private func summaries(_ prune: PruneRecord) throws(PostgresFailure) -> [Int64: [UInt8]] {
        let rows = try connection.execute(
            """
            SELECT named.position, entry.body
            FROM unnest($1) AS named (position) CROSS JOIN LATERAL (
                SELECT * FROM callbox.run WHERE run.first_position <= named.position
                ORDER BY run.first_position DESC LIMIT 1
            ) AS run
            JOIN callbox.entry ON entry.lane = run.lane
                AND entry.number = run.first_number + named.position - run.first_position
            WHERE entry.encoding = 2
            """, [.integers(prune.pruned.map(\.delivery.rawValue))], limit: Self.limit)
        var summaries: [Int64: [UInt8]] = [:]
        for row in 0..<rows.count { summaries[try rows.integer(row, 0)] = rows.bytes(row, 1) }
        return summaries
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

    /// The entry in a row; nil if the record that pruned it has no position yet.
    private func entry(_ rows: PostgresRows, _ row: Int) throws(PostgresFailure) -> PortableEntry? {
        guard let encoding = EntryEncoding(rawValue: Int(clamping: try rows.integer(row, 12))) else {
            throw .unexpectedResult
        }
        let prunedBy = rows.isNull(row, 15) ? nil : try rows.integer(row, 15)
        if encoding == .pruned, prunedBy == nil { return nil }
        return PortableEntry(
            uuid: rows.bytes(row, 1), recordedAt: Timestamp(millisecondsSinceEpoch: try rows.integer(row, 2)),
            origin: Origin(
                type: try rows.text(row, 3), source: try rows.optionalText(row, 4),
                verification: try rows.optionalText(row, 5), secretName: try rows.optionalText(row, 6)),
            byteCount: Int(clamping: try rows.integer(row, 7)), bodySHA256: rows.bytes(row, 8),
            headCommitment: rows.bytes(row, 9), bodyCommitment: rows.bytes(row, 10), salt: rows.bytes(row, 11),
            encoding: encoding, head: rows.bytes(row, 13), body: rows.bytes(row, 14), prunedBy: prunedBy)
    }
}
