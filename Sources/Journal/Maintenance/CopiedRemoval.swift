package import Deliveries
internal import GRDB

/// Removals that another node decided. The transaction that copies a prune or expiry record also applies it.
extension JournalWriter {
    /// Applies a copied record.
    ///
    /// - Parameter summaries: the stored summaries of pruned deliveries. A delivery without a summary is removed by a
    ///   later record.
    /// - Returns: the removed deliveries; empty for other entries.
    static func remove(
        _ entry: PortableEntry, at record: Int64, _ summaries: [Int64: [UInt8]], _ db: Database
    ) throws -> [DeliveryID] {
        guard [RecordType.prune.rawValue, RecordType.expiry.rawValue].contains(entry.origin.type) else { return [] }
        var removed: [DeliveryID] = []
        switch entry.record() {
        case .prune(let prune)?:
            for pruned in prune.pruned {
                guard let stored = summaries[pruned.delivery.rawValue] else { continue }
                let summary = try EncodedSummary(pruned.delivery, stored: stored)
                guard let done = try Self.prune(summary, by: record, db)?.removed else { continue }
                guard done == pruned else {
                    throw ArchiveError.notACopy(
                        reason: "the summary of entry \(pruned.delivery) does not match record \(record)")
                }
                removed.append(pruned.delivery)
            }
        case .expiry(let expiry)?:
            for range in expiry.ranges {
                guard range.upperBound < record else { break }
                for position in range {
                    let id = DeliveryID(rawValue: position)
                    if try remove(id, by: record, db) != nil { removed.append(id) }
                }
            }
        default:
            throw ArchiveError.notACopy(reason: "record \(record) of the shared journal cannot be read")
        }
        return removed
    }

    /// Adds a copied gap. If an adjacent earlier gap has the same record, extends the earlier gap instead.
    static func copyGap(
        _ positions: ClosedRange<Int64>, _ chain: [UInt8], _ record: Int64, _ db: Database
    ) throws {
        try db.cachedStatement(
            sql: """
                UPDATE gap SET lastPosition = ?, chain = ?
                WHERE firstPosition = (SELECT max(firstPosition) FROM gap) AND lastPosition = ? AND recordedBy = ?
                """
        ).execute(arguments: [positions.upperBound, Blob(chain), positions.lowerBound - 1, record])
        guard db.changesCount == 0 else { return }
        try db.cachedStatement(
            sql: "INSERT INTO gap (firstPosition, lastPosition, chain, recordedBy) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [positions.lowerBound, positions.upperBound, Blob(chain), record])
    }
}

/// An entry that a node proposes to remove from the shared journal. The values are from the node's copy.
package struct RemovableEntry: Sendable {
    package let id: DeliveryID
    package let uuid: [UInt8]
    package let chain: [UInt8]
    /// The salt that the entry has after pruning.
    package let headSalt: [UInt8]

    /// The part of a prune record that names this entry.
    package func pruned(_ summary: EncodedSummary) -> PruneRecord.Pruned {
        PruneRecord.Pruned(
            delivery: id, summary: Hex.encode(Commitment.make(salt: headSalt, sha256: summary.sha256)))
    }
}

extension JournalReader {
    /// The delivery at a position. Nil if there is none, or if `prunes` is true and its body is already pruned.
    package func removable(_ id: DeliveryID, prunes: Bool) throws(ArchiveError) -> RemovableEntry? {
        guard let row = try entry(id.rawValue), row.isDelivery, !(prunes && row.isPruned) else { return nil }
        return RemovableEntry(
            id: id, uuid: row.uuid, chain: row.chain,
            headSalt: row.isPruned ? row.salt : Commitment.headSalt(of: row.salt))
    }
}
