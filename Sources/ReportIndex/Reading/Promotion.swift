package import Deliveries
internal import GRDB
package import Quarantine

/// How a delivery was promoted from the quarantine into the journal.
package struct Promotion: Sendable, Equatable {
    package let quarantineID: QuarantineID
    package let promotedAt: Timestamp
    /// Why it was rejected.
    package let reason: String
    /// Why a person promoted it unproved; nil if a secret proves it.
    package let forcedBecause: String?
}

extension ArchiveReader {
    /// How a delivery was promoted; nil for one that was not.
    package func promotion(of id: DeliveryID) throws(ArchiveReadFailure) -> Promotion? {
        try read { db in
            try Row.fetchOne(
                db,
                sql:
                    "SELECT quarantineId, promotedAtMilliseconds, reason, forcedBecause FROM promotion WHERE deliveryId = ?",
                arguments: [id.rawValue]
            ).map { row in
                Promotion(
                    quarantineID: QuarantineID(rawValue: try row.decode(atIndex: 0)),
                    promotedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)),
                    reason: try row.decode(atIndex: 2), forcedBecause: try row.decode(atIndex: 3))
            }
        }
    }
}
