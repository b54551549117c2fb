package import Deliveries
internal import GRDB
internal import Journal

/// What is left of a delivery: all of it, or all but the body.
package struct KeptDelivery: Sendable {
    /// Its body is empty if it was pruned.
    package let delivery: ArchivedDelivery
    /// Of the body as it arrived.
    package let bodyByteCount: Int
    /// Nil if the body is kept.
    package let pruning: BodyPruning?

    package init(delivery: ArchivedDelivery, bodyByteCount: Int, pruning: BodyPruning?) {
        self.delivery = delivery
        self.bodyByteCount = bodyByteCount
        self.pruning = pruning
    }

    /// Why the body was pruned; nil if it is kept.
    package var pruningReason: String? {
        pruning?.reason
    }
}

/// When and why a body was pruned.
package struct BodyPruning: Sendable, Equatable {
    package let prunedAt: Timestamp
    package let reason: String

    package init(prunedAt: Timestamp, reason: String) {
        self.prunedAt = prunedAt
        self.reason = reason
    }
}

extension ArchiveReader {
    /// A delivery as far as it is kept, its body checked if it is there; nil when there is none with this ID.
    package func keptDelivery(_ id: DeliveryID) throws(ArchiveReadFailure) -> KeptDelivery? {
        try read { db in
            guard let row = try EntryRows.row(id.rawValue, db, dictionaries), row.isDelivery else { return nil }
            guard row.isPruned else {
                let delivery = try row.delivery()
                return KeptDelivery(delivery: delivery, bodyByteCount: delivery.request.body.count, pruning: nil)
            }
            return KeptDelivery(
                delivery: try row.envelope().delivery(body: [], at: row.recordedAt), bodyByteCount: row.byteCount,
                pruning: try pruning(row, db))
        }
    }

    /// When and why a body was pruned, by the record.
    func pruning(_ row: EntryRow, _ db: Database) throws -> BodyPruning {
        guard let position = row.prunedBy, let entry = try EntryRows.row(position, db, dictionaries),
            case .prune(let prune)? = try? entry.record()
        else { throw ArchiveError.damaged("entry \(row.position): the record that pruned it does not read back") }
        return BodyPruning(prunedAt: entry.recordedAt, reason: prune.reason)
    }
}
