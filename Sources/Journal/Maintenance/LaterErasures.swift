package import Deliveries

/// The bodies and entries that an archive pruned or removed after a backup. The restored backup contains these bodies
/// and entries again, so they must be pruned or removed again.
package struct LaterErasures: Sendable {
    private let bodies: [(reason: String, body: BodyToPrune)]
    private let removed: [(reason: String, positions: ClosedRange<Int64>)]

    package var isEmpty: Bool {
        bodies.isEmpty && removed.isEmpty
    }

    /// - Parameters:
    ///   - archive: the latest state of the archive that was backed up.
    ///   - backup: the end of the backup's journal.
    /// - Throws: `damaged` if the backup is not from this archive.
    package init(_ archive: JournalReader, after backup: ChainMark?) throws(ArchiveError) {
        var bodies: [(String, BodyToPrune)] = []
        var removed: [(String, ClosedRange<Int64>)] = []
        var last = backup?.position ?? 0
        if let backup, let entry = try archive.entry(last), entry.chain != backup.chain {
            throw .damaged("\(archive.file.path) is not the archive that was backed up: the chain differs")
        }
        while true {
            let rows = try archive.entries(after: last, countLimit: 1024, byteCountLimit: 16 << 20)
            guard let end = rows.last else { break }
            last = end.position
            for row in rows where !row.isDelivery {
                switch try row.record() {
                case .prune(let prune):
                    for pruned in prune.pruned where pruned.delivery.rawValue <= backup?.position ?? 0 {
                        // An entry that was removed later has no summary; `removed` includes it.
                        guard let entry = try archive.entry(pruned.delivery.rawValue), entry.isPruned else { continue }
                        bodies.append(
                            (prune.reason, BodyToPrune(delivery: pruned.delivery, summary: try entry.summary())))
                    }
                case .expiry(let expiry): removed += expiry.ranges.map { (expiry.reason, $0) }
                default: break
                }
            }
        }
        self.bodies = bodies
        self.removed = removed
    }

    /// Prunes the same bodies and removes the same entries in the restored archive.
    package func apply(to writer: JournalWriter, _ reader: JournalReader, at now: Timestamp) throws(ArchiveError) {
        // A copy accepts no new records. It removes the entries when it copies the records of their removal.
        if try reader.isCopy() { return }
        let end = try reader.end()?.position ?? 0
        for (reason, body) in bodies {
            _ = try writer.pruneBodies([body], reason: reason, holdsKnownUpTo: .max, at: now)
        }
        for (reason, positions) in removed where positions.lowerBound <= end {
            let ids = (positions.lowerBound...min(positions.upperBound, end)).map(DeliveryID.init(rawValue:))
            _ = try writer.removeEntries(ids, reason: reason, holdsKnownUpTo: .max, at: now)
        }
    }
}
