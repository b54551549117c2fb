package import Deliveries
internal import GRDB

/// What is left of a delivery: all of it, or all but the body.
package struct KeptDelivery: Sendable {
    /// Its body is empty where retention took it.
    package let delivery: ArchivedDelivery
    /// Of the body as it arrived.
    package let bodyByteCount: Int
    /// Nil where the body is there.
    package let pruning: BodyPruning?

    package init(delivery: ArchivedDelivery, bodyByteCount: Int, pruning: BodyPruning?) {
        self.delivery = delivery
        self.bodyByteCount = bodyByteCount
        self.pruning = pruning
    }

    /// Why the body is gone; nil where it is there.
    package var pruningReason: String? {
        pruning?.reason
    }
}

/// When and why retention took a body.
package struct BodyPruning: Sendable, Equatable {
    package let prunedAt: Timestamp
    package let reason: String

    package init(prunedAt: Timestamp, reason: String) {
        self.prunedAt = prunedAt
        self.reason = reason
    }
}

extension ArchiveReader {
    /// A delivery as far as it is kept, its body checked where it is there; nil where there is none with this number.
    package func keptDelivery(_ id: DeliveryID) throws(ArchiveReadFailure) -> KeptDelivery? {
        try read { db in
            guard let row = try JournalRows.row(id, db, dictionaries) else { return nil }
            guard row.isPruned else {
                let delivery = try row.opened()
                return KeptDelivery(delivery: delivery, bodyByteCount: delivery.request.body.count, pruning: nil)
            }
            let (envelope, _) = try row.openedEnvelope()
            return KeptDelivery(
                delivery: envelope.delivery(body: [], at: row.receivedAt), bodyByteCount: row.bodyByteCount,
                pruning: try Self.pruning(of: id, db))
        }
    }

    private static func pruning(of id: DeliveryID, _ db: Database) throws -> BodyPruning {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT pruning.prunedAtMilliseconds, pruning.reason FROM body JOIN pruning ON pruning.id = body.pruningId
                WHERE body.journalId = ?
                """, arguments: [id.rawValue])
        guard let row else { throw ArchiveError.damaged("delivery \(id): why its body was pruned does not read back") }
        return BodyPruning(
            prunedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 0)), reason: try row.decode(atIndex: 1))
    }
}
