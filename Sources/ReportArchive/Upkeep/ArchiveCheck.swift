internal import Crypto
package import Deliveries
internal import Foundation
internal import GRDB
internal import Synchronization

/// What `archive check` found.
package struct ArchiveCheck: Sendable {
    package let deliveryCount: Int
    /// Of the bodies that read back as they arrived.
    package let bodyByteCount: Int64
    /// Deliveries whose bodies retention took.
    package let prunedCount: Int
    /// Where the chain ends: somebody who notes it down can tell later that nothing before it was changed.
    package let end: ChainMark
    /// One sentence each, in order of the deliveries, at most a hundred.
    package let findings: [String]

    package static let findingCountLimit = 100
}

/// A delivery's number and its hash in the chain.
package struct ChainMark: Sendable, Equatable {
    package let id: DeliveryID
    /// 32 bytes.
    package let chain: [UInt8]

    package init(id: DeliveryID, chain: [UInt8]) {
        self.id = id
        self.chain = chain
    }
}

extension ArchiveReader {
    /// Reads every row and checks it: SQLite's own structure, what tables refer to, the numbering, the chain, each head, each
    /// body's length and SHA-256. Works on as many threads as the machine has cores.
    ///
    /// - Parameters:
    ///   - mark: what was noted down of the chain at an earlier time.
    ///   - progress: called now and then with the number of the delivery last checked.
    package func check(
        against mark: ChainMark? = nil, progress: (DeliveryID) -> Void = { _ in }
    ) throws(ArchiveReadFailure) -> ArchiveCheck {
        var walk = CheckWalk(mark: mark, findings: try read { try Self.structureFindings($0) })
        let gaps = try read { try JournalGap.all($0) }
        while true {
            let rows = try read {
                try JournalRows.batch(
                    after: walk.last, countLimit: 4096, byteCountLimit: 16 << 20, $0, dictionaries)
            }
            guard !rows.isEmpty else { break }
            walk.check(rows, gaps)
            progress(DeliveryID(rawValue: walk.last))
        }
        walk.finish(gaps)
        return walk.result
    }

    private static func structureFindings(_ db: Database) throws -> [String] {
        var findings: [String] = []
        for line in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)") where line != "ok" {
            findings.append("SQLite: \(line)")
        }
        let orphans = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
        while findings.count < 20, let row = try orphans.next() {
            let table = row[0] as String? ?? "?"
            findings.append("table \(table), row \(row[1] as Int64? ?? 0): it refers to a row that is not there")
        }
        return findings
    }
}

/// Numbers that retention took out of the journal.
struct JournalGap: Sendable {
    let first: Int64
    let last: Int64
    /// The chain of the last row.
    let chain: [UInt8]

    static func all(_ db: Database) throws -> [JournalGap] {
        try Row.fetchAll(db, sql: "SELECT firstId, lastId, chain FROM gap ORDER BY firstId").map {
            JournalGap(
                first: try $0.decode(atIndex: 0), last: try $0.decode(atIndex: 1),
                chain: try $0.decode(Blob.self, atIndex: 2).bytes)
        }
    }
}

/// Goes through the journal row by row, from the chain's start.
private struct CheckWalk {
    private let mark: ChainMark?
    private(set) var last: Int64 = 0
    private var chain = ChainHash.start
    private var findings: [String]
    /// Findings of the rows at hand.
    private var notes: [(id: Int64, finding: String)] = []
    private var deliveryCount = 0
    private var prunedCount = 0
    private var bodyByteCount: Int64 = 0
    private var hasMetMark = false

    init(mark: ChainMark?, findings: [String]) {
        self.mark = mark
        self.findings = findings
        noteMark()
    }

    mutating func check(_ rows: [JournalRow], _ gaps: [JournalGap]) {
        // Each row's link is checked with the stored chain of the row before, so that all can be at once.
        var previous: [[UInt8]] = []
        for row in rows {
            skip(to: row.id.rawValue, gaps)
            previous.append(chain)
            last = row.id.rawValue
            chain = row.chain
            noteMark()
        }
        let chains = previous
        let results = Mutex<[RowResult?]>(Array(repeating: nil, count: rows.count))
        let sliceCount = max(1, ProcessInfo.processInfo.activeProcessorCount)
        DispatchQueue.concurrentPerform(iterations: sliceCount) { slice in
            for index in stride(from: slice, to: rows.count, by: sliceCount) {
                let result = RowResult(of: rows[index], after: chains[index])
                results.withLock { $0[index] = result }
            }
        }
        for (row, result) in zip(rows, results.withLock { $0 }) {
            guard let result else { continue }
            deliveryCount += 1
            bodyByteCount += Int64(result.bodyByteCount)
            prunedCount += result.isPruned ? 1 : 0
            for finding in result.findings { note(finding, at: row.id.rawValue) }
        }
        tellNotes()
    }

    mutating func finish(_ gaps: [JournalGap]) {
        if let lastGap = gaps.last, lastGap.last > last { skip(to: lastGap.last + 1, gaps) }
        if let mark, !hasMetMark {
            note("delivery \(mark.id): it is not there, so its hash cannot be compared", at: mark.id.rawValue)
        }
        tellNotes()
    }

    var result: ArchiveCheck {
        ArchiveCheck(
            deliveryCount: deliveryCount, bodyByteCount: bodyByteCount, prunedCount: prunedCount,
            end: ChainMark(id: DeliveryID(rawValue: last), chain: chain), findings: findings)
    }

    private mutating func note(_ finding: String, at id: Int64) {
        notes.append((id, finding))
    }

    /// In order of the deliveries, whenever all up to one were looked at.
    private mutating func tellNotes() {
        // Those of one delivery stay in the order they were made.
        for note in notes.enumerated().sorted(by: { ($0.element.id, $0.offset) < ($1.element.id, $1.offset) }) {
            if findings.count < ArchiveCheck.findingCountLimit { findings.append(note.element.finding) }
        }
        notes = []
    }

    private mutating func noteMark() {
        guard let mark, mark.id.rawValue == last else { return }
        hasMetMark = true
        if mark.chain != chain { note("delivery \(mark.id): its hash is not the one that was noted down", at: last) }
    }

    /// Goes over numbers that are not there: retention says so of them, or something is wrong.
    private mutating func skip(to id: Int64, _ gaps: [JournalGap]) {
        while last + 1 < id {
            if let gap = gaps.first(where: { $0.first == last + 1 }), gap.last < id {
                last = gap.last
                chain = gap.chain
                noteMark()
            } else {
                let next = gaps.first { $0.first > last + 1 && $0.first < id }?.first ?? id
                note("deliveries \(last + 1) to \(next - 1) are not there", at: last + 1)
                last = next - 1
            }
        }
    }
}

/// What is to be said of one row.
private struct RowResult: Sendable {
    private(set) var findings: [String] = []
    private(set) var bodyByteCount = 0
    private(set) var isPruned = false

    init(of row: JournalRow, after previous: [UInt8]) {
        do throws(ArchiveError) {
            let (envelope, headText) = try row.openedEnvelope()
            var hash = ChainHash()
            let expected = hash.next(
                after: previous, id: row.id.rawValue, receivedAt: row.receivedAt, bodyByteCount: row.bodyByteCount,
                uuid: envelope.uuid, bodySHA256: row.bodySHA256, headSHA256: SHA256.bytes(of: headText),
                source: row.source, verification: envelope.verification.rawValue, secretName: envelope.secretName)
            if expected != row.chain {
                findings.append("delivery \(row.id): the chain breaks here; this row or the one before was changed")
            }
            bodyByteCount = try row.openedBody().count
        } catch .pruned {
            isPruned = true
        } catch .damaged(let finding) {
            findings.append(finding)
        } catch {
            findings.append("delivery \(row.id): it cannot be read")
        }
    }
}
