internal import Crypto
internal import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// The result of `archive verify`.
package struct JournalVerification: Sendable {
    package let deliveryCount: Int
    package let recordCount: Int
    /// The total length of the bodies that were read, before compression.
    package let bodyByteCount: Int64
    /// The number of deliveries whose bodies were pruned.
    package let prunedCount: Int
    /// The end of the chain. A person who keeps this value can later verify that no earlier entry was changed.
    package let end: ChainMark
    /// The findings, one sentence each, sorted by position, at most `findingCountLimit`.
    package let findings: [String]

    package static let findingCountLimit = 100
}

extension JournalReader {
    /// Verifies the structure of the SQLite file and its foreign keys. For every entry, verifies its position, its
    /// chain, its head, the length and SHA-256 of its body, and its summary. Also verifies that an expiry record
    /// explains each gap. Uses all cores. Blocks.
    ///
    /// - Parameters:
    ///   - mark: a mark from an earlier verification, which was kept outside the archive.
    ///   - progress: called from time to time with the last verified position.
    package func verify(
        against mark: ChainMark? = nil, progress: (Int64) -> Void = { _ in }
    ) throws(ArchiveError) -> JournalVerification {
        let gaps = try read { try JournalGap.all($0) }
        var pass = VerificationPass(
            mark: mark, gaps: gaps, findings: try read { try Self.structureFindings($0) })
        // In a copy, an entry can be removed before the record of its removal is copied.
        let end = try isCopy() ? end()?.position ?? 0 : .max
        var summaries = SummaryCommitments(reader: self, end: end)
        while true {
            let rows = try entries(after: pass.last, countLimit: 4096, byteCountLimit: 16 << 20)
            guard !rows.isEmpty else { break }
            let expected = try rows.map { row throws(ArchiveError) in
                try row.isPruned ? summaries.commitment(of: row) : nil
            }
            pass.check(rows, expected)
            progress(pass.last)
        }
        pass.finish()
        for gap in gaps where gap.recordedBy <= end && !isRecorded(gap) {
            pass.note(
                "entries \(gap.first) to \(gap.last) were removed, but no record of the removal exists", at: gap.first)
        }
        return pass.result
    }

    private func isRecorded(_ gap: JournalGap) -> Bool {
        guard case .expiry(let expiry)? = try? entry(gap.recordedBy)?.record() else { return false }
        return expiry.ranges.contains { $0.contains(gap.first) && $0.contains(gap.last) }
    }

    private static func structureFindings(_ db: Database) throws -> [String] {
        var findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
            .map { "SQLite: \($0)" }
        let orphans = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
        while findings.count < 20, let row = try orphans.next() {
            let table = row[0] as String? ?? "?"
            findings.append("table \(table), row \(row[1] as Int64? ?? 0) refers to a missing row")
        }
        return findings
    }
}

/// Consecutive removed entries.
struct JournalGap: Sendable {
    let first: Int64
    let last: Int64
    /// The chain hash at the last position.
    let chain: [UInt8]
    /// The position of the expiry record.
    let recordedBy: Int64

    static func all(_ db: Database) throws -> [JournalGap] {
        try Row.fetchAll(
            db, sql: "SELECT firstPosition, lastPosition, chain, recordedBy FROM gap ORDER BY firstPosition"
        ).map {
            JournalGap(
                first: try $0.decode(atIndex: 0), last: try $0.decode(atIndex: 1),
                chain: try $0.decode(Blob.self, atIndex: 2).bytes, recordedBy: try $0.decode(atIndex: 3))
        }
    }
}

/// Looks up the commitments of summaries in prune records. Keeps the last record in memory, because most neighbouring
/// deliveries have the same record.
private struct SummaryCommitments {
    let reader: JournalReader
    /// The end of the copy. Records after this position are not copied yet.
    let end: Int64
    private var record: Int64?
    private var commitments: [DeliveryID: String] = [:]

    init(reader: JournalReader, end: Int64) {
        self.reader = reader
        self.end = end
    }

    /// The commitment to a row's summary; empty if no record contains it.
    mutating func commitment(of row: EntryRow) throws(ArchiveError) -> [UInt8] {
        if let prunedBy = row.prunedBy, prunedBy > end {
            return Commitment.make(salt: row.salt, bytes: try row.summaryJSON())
        }
        if record != row.prunedBy {
            record = row.prunedBy
            commitments = [:]
            if let prunedBy = row.prunedBy, case .prune(let prune)? = try? reader.entry(prunedBy)?.record() {
                for pruned in prune.pruned { commitments[pruned.delivery] = pruned.summary }
            }
        }
        return commitments[row.id].flatMap { Hex.decode($0.utf8) } ?? []
    }
}

/// Follows the chain from the start, entry by entry.
private struct VerificationPass {
    private let mark: ChainMark?
    /// The gaps, sorted by position.
    private let gaps: [JournalGap]
    /// The index of the first gap after `last`.
    private var gapIndex = 0
    private(set) var last: Int64 = 0
    private var chain = ChainHash.start
    private var findings: [String]
    /// Findings that are not sorted by position yet.
    private var notes: [(position: Int64, finding: String)] = []
    private var deliveryCount = 0
    private var recordCount = 0
    private var prunedCount = 0
    private var bodyByteCount: Int64 = 0
    private var hasMetMark = false

    init(mark: ChainMark?, gaps: [JournalGap], findings: [String]) {
        self.mark = mark
        self.gaps = gaps
        self.findings = findings
        checkMark()
    }

    /// - Parameter summaries: the commitments from the prune records; nil for entries that are not pruned.
    mutating func check(_ rows: [EntryRow], _ summaries: [[UInt8]?]) {
        // Checks each entry against the stored chain of the previous entry, so entries can be checked in parallel.
        var previous: [[UInt8]] = []
        for row in rows {
            skip(through: row.position - 1)
            previous.append(chain)
            last = row.position
            chain = row.chain
            checkMark()
        }
        let chains = previous
        let results = Mutex<[EntryResult?]>(Array(repeating: nil, count: rows.count))
        let sliceCount = max(1, ProcessInfo.processInfo.activeProcessorCount)
        DispatchQueue.concurrentPerform(iterations: sliceCount) { slice in
            for index in stride(from: slice, to: rows.count, by: sliceCount) {
                let result = EntryResult(of: rows[index], after: chains[index], summary: summaries[index])
                results.withLock { $0[index] = result }
            }
        }
        for (row, result) in zip(rows, results.withLock { $0 }) {
            guard let result else { continue }
            if row.isDelivery {
                deliveryCount += 1
                bodyByteCount += Int64(result.bodyByteCount)
            } else {
                recordCount += 1
            }
            prunedCount += row.isPruned ? 1 : 0
            for finding in result.findings { note(finding, at: row.position) }
        }
        reportNotes()
    }

    mutating func finish() {
        if let lastGap = gaps.last, lastGap.last > last { skip(through: lastGap.last) }
        if let mark, !hasMetMark {
            note("entry \(mark.position) is missing, so its hash cannot be compared", at: mark.position)
        }
        reportNotes()
    }

    var result: JournalVerification {
        var pass = self
        pass.reportNotes()
        return JournalVerification(
            deliveryCount: deliveryCount, recordCount: recordCount, bodyByteCount: bodyByteCount,
            prunedCount: prunedCount, end: ChainMark(position: last, chain: chain), findings: pass.findings)
    }

    mutating func note(_ finding: String, at position: Int64) {
        notes.append((position, finding))
    }

    /// Adds the notes to the findings, sorted by position. Notes of the same entry keep their order.
    private mutating func reportNotes() {
        let sorted = notes.enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }
        let room = max(0, JournalVerification.findingCountLimit - findings.count)
        findings += sorted.prefix(room).map(\.element.finding)
        notes = []
    }

    private mutating func checkMark() {
        guard let mark, mark.position == last else { return }
        hasMetMark = true
        if mark.chain != chain {
            note("entry \(mark.position): its hash differs from the mark", at: last)
        }
    }

    /// Skips positions without an entry and reports the positions that no gap explains.
    private mutating func skip(through end: Int64) {
        while last < end {
            while gapIndex < gaps.count, gaps[gapIndex].first <= last { gapIndex += 1 }
            let gap = gapIndex < gaps.count ? gaps[gapIndex] : nil
            // In a damaged file, a gap can end before it starts.
            if let gap, gap.first == last + 1, (gap.first...end).contains(gap.last) {
                last = gap.last
                chain = gap.chain
                checkMark()
            } else {
                var lastMissing = end
                if let gap, gap.first > last + 1 { lastMissing = min(end, gap.first - 1) }
                note("entries \(last + 1) to \(lastMissing) are missing", at: last + 1)
                last = lastMissing
            }
        }
    }
}

/// The findings of one entry.
private struct EntryResult: Sendable {
    private(set) var findings: [String] = []
    private(set) var bodyByteCount = 0

    init(of row: EntryRow, after previous: [UInt8], summary: [UInt8]?) {
        do throws(ArchiveError) {
            if row.isDelivery { _ = try row.envelope() }
            var bodySHA256 = row.bodySHA256
            if !row.isPruned {
                let body = try row.openedBody()
                bodyByteCount = body.count
                bodySHA256 = SHA256.bytes(of: body)
                if !row.isDelivery { _ = try row.record() }
            } else if Commitment.make(salt: row.salt, bytes: try row.summaryJSON()) != summary {
                findings.append("entry \(row.position): its summary does not match the prune record")
            }
            var hash = ChainHash()
            let expected = hash.next(
                after: previous, position: row.position, recordedAt: row.recordedAt, byteCount: row.byteCount,
                uuid: row.uuid,
                headCommitment: Commitment.make(
                    salt: row.isPruned ? row.salt : Commitment.headSalt(of: row.salt), bytes: try row.headText()),
                bodyCommitment: row.bodyCommitment ?? Commitment.make(salt: row.salt, sha256: bodySHA256),
                origin: row.origin)
            if expected != row.chain {
                findings.append(
                    "entry \(row.position): the chain breaks here; this entry or the previous entry was changed")
            }
        } catch .damaged(let finding) {
            findings.append(finding)
        } catch {
            findings.append("entry \(row.position) cannot be read")
        }
    }
}
