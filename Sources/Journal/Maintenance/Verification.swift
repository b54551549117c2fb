internal import Crypto
internal import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// What `archive verify` found.
package struct JournalVerification: Sendable {
    package let deliveryCount: Int
    package let recordCount: Int
    /// Of the bodies that read back as they arrived.
    package let bodyByteCount: Int64
    /// Deliveries whose bodies were pruned.
    package let prunedCount: Int
    /// The end of the chain: somebody who notes it down can tell later that nothing before it was changed.
    package let end: ChainMark
    /// One sentence each, in the order of positions, at most a hundred.
    package let findings: [String]

    package static let findingCountLimit = 100
}

extension JournalReader {
    /// Reads and checks every entry: SQLite's structure, foreign keys, positions, the chain, each head, each body's length and SHA-256,
    /// each summary, and that an expiry record explains each gap. Works on as many threads as the machine has cores.
    ///
    /// - Parameters:
    ///   - mark: a mark of the chain that was noted down earlier.
    ///   - progress: called now and then with the last position that was checked.
    package func verify(
        against mark: ChainMark? = nil, progress: (Int64) -> Void = { _ in }
    ) throws(ArchiveError) -> JournalVerification {
        let gaps = try read { try JournalGap.all($0) }
        var pass = VerificationPass(
            mark: mark, gaps: gaps, findings: try read { try Self.structureFindings($0) })
        while true {
            let rows = try entries(after: pass.last, countLimit: 4096, byteCountLimit: 16 << 20)
            guard !rows.isEmpty else { break }
            var summaries = SummaryCommitments(self)
            let expected = try rows.map { row throws(ArchiveError) in
                try row.isPruned ? summaries.commitment(of: row) : nil
            }
            pass.check(rows, expected)
            progress(pass.last)
        }
        pass.finish()
        for gap in gaps where !(try isRecorded(gap)) {
            pass.note("entries \(gap.first) to \(gap.last): they were removed, but no record says so", at: gap.first)
        }
        return pass.result
    }

    private func isRecorded(_ gap: JournalGap) throws(ArchiveError) -> Bool {
        guard let record = try? entry(gap.recordedBy)?.record(), case .expiry(let expiry) = record else { return false }
        return expiry.ranges.contains { $0.contains(gap.first) && $0.contains(gap.last) }
    }

    private static func structureFindings(_ db: Database) throws -> [String] {
        var findings: [String] = []
        for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)") where line != "ok" {
            findings.append("SQLite: \(line)")
        }
        let orphans = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
        while findings.count < 20, let row = try orphans.next() {
            let table = row[0] as String? ?? "?"
            findings.append("table \(table), row \(row[1] as Int64? ?? 0): it refers to a row that is missing")
        }
        return findings
    }
}

/// A run of entries that were removed.
struct JournalGap: Sendable {
    let first: Int64
    let last: Int64
    /// The chain at the last position.
    let chain: [UInt8]
    /// The expiry record.
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

/// The commitments of summaries that prune records hold. Neighbouring deliveries mostly have the same record.
private struct SummaryCommitments {
    private let reader: JournalReader
    private var record: Int64?
    private var commitments: [DeliveryID: String] = [:]

    init(_ reader: JournalReader) {
        self.reader = reader
    }

    /// Empty when no record has it.
    mutating func commitment(of row: EntryRow) throws(ArchiveError) -> [UInt8] {
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

/// Goes through the journal entry by entry, from the start of the chain.
private struct VerificationPass {
    private let mark: ChainMark?
    /// In the order of positions.
    private let gaps: [JournalGap]
    /// The first gap that does not begin before the position that is checked.
    private var gapIndex = 0
    private(set) var last: Int64 = 0
    private var chain = ChainHash.start
    private var findings: [String]
    /// Findings of the entries at hand.
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
        noteMark()
    }

    /// - Parameter summaries: for pruned entries, the commitment that the prune record holds.
    mutating func check(_ rows: [EntryRow], _ summaries: [[UInt8]?]) {
        // Each link is checked with the stored chain of the entry before, so that all can be checked at once.
        var previous: [[UInt8]] = []
        for row in rows {
            skip(through: row.position - 1)
            previous.append(chain)
            last = row.position
            chain = row.chain
            noteMark()
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
            if row.isDelivery { deliveryCount += 1 } else { recordCount += 1 }
            if row.isDelivery { bodyByteCount += Int64(result.bodyByteCount) }
            prunedCount += row.isPruned ? 1 : 0
            for finding in result.findings { note(finding, at: row.position) }
        }
        reportNotes()
    }

    mutating func finish() {
        if let lastGap = gaps.last, lastGap.last > last { skip(through: lastGap.last) }
        if let mark, !hasMetMark {
            note("entry \(mark.position): it is missing, so its hash cannot be compared", at: mark.position)
        }
        reportNotes()
    }

    var result: JournalVerification {
        var pass = self
        pass.reportNotes()
        return JournalVerification(
            deliveryCount: deliveryCount, recordCount: recordCount, bodyByteCount: bodyByteCount,
            prunedCount: prunedCount,
            end: ChainMark(position: last, chain: chain), findings: pass.findings)
    }

    mutating func note(_ finding: String, at position: Int64) {
        notes.append((position, finding))
    }

    /// Moves notes to the findings in the order of positions; those of one entry keep their order.
    private mutating func reportNotes() {
        for note in notes.enumerated().sorted(by: {
            ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
        }) {
            if findings.count < JournalVerification.findingCountLimit { findings.append(note.element.finding) }
        }
        notes = []
    }

    private mutating func noteMark() {
        guard let mark, mark.position == last else { return }
        hasMetMark = true
        if mark.chain != chain {
            note("entry \(mark.position): its hash differs from the one that was noted down", at: last)
        }
    }

    /// Skips positions without an entry: a gap explains them, or something is wrong.
    private mutating func skip(through end: Int64) {
        while last < end {
            while gapIndex < gaps.count, gaps[gapIndex].first <= last { gapIndex += 1 }
            let gap = gapIndex < gaps.count ? gaps[gapIndex] : nil
            if let gap, gap.first == last + 1, gap.last <= end {
                last = gap.last
                chain = gap.chain
                noteMark()
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
                findings.append("entry \(row.position): its summary is not the one that the prune record names")
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
                    "entry \(row.position): the chain breaks here; this entry or the one before was changed")
            }
        } catch .damaged(let finding) {
            findings.append(finding)
        } catch {
            findings.append("entry \(row.position): it cannot be read")
        }
    }
}
