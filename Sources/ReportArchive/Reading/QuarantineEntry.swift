package import Deliveries
internal import GRDB

/// The number of a refused delivery. Quarantine and journal count apart.
package struct QuarantineID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package var description: String {
        String(rawValue)
    }
}

/// A refused delivery and its number.
package struct QuarantineEntry: Sendable {
    package let id: QuarantineID
    package let delivery: QuarantinedDelivery
}

/// How a delivery came from the quarantine into the journal.
package struct Promotion: Sendable, Equatable {
    package let quarantineID: QuarantineID
    package let promotedAt: Timestamp
    /// Why it had been refused.
    package let reason: String
    /// Why a person let it in unproved; nil where today's secrets prove it.
    package let forcedBecause: String?
}

extension ArchiveReader {
    /// Refused deliveries, newest first.
    package func quarantine(limit: Int?) throws(ArchiveReadFailure) -> [QuarantineEntry] {
        try read { db in
            try Row.fetchAll(
                db, sql: QuarantineTable.selectSQL + " ORDER BY id DESC LIMIT ?", arguments: [limit ?? -1]
            ).compactMap(QuarantineTable.entry)
        }
    }

    /// The refused delivery with this number.
    package func quarantined(_ id: QuarantineID) throws(ArchiveReadFailure) -> QuarantineEntry? {
        try read { db in
            try Row.fetchOne(db, sql: QuarantineTable.selectSQL + " WHERE id = ?", arguments: [id.rawValue])
                .flatMap(QuarantineTable.entry)
        }
    }

    /// How many refused deliveries there are, and the bytes of their bodies.
    package func quarantineSize() throws(ArchiveReadFailure) -> (count: Int64, byteCount: Int64) {
        try read { db in
            let row = try Row.fetchOne(db, sql: "SELECT count(*), coalesce(sum(bodyByteCount), 0) FROM quarantine")
            return (try row?.decode(atIndex: 0) ?? 0, try row?.decode(atIndex: 1) ?? 0)
        }
    }

    /// Deliveries refused since then for the time they were signed at.
    package func expiredCount(since time: Timestamp) throws(ArchiveReadFailure) -> Int64 {
        try read { db in
            try Int64.fetchOne(
                db,
                sql: "SELECT count(*) FROM quarantine WHERE verification = 'expired' AND receivedAtMilliseconds >= ?",
                arguments: [time.millisecondsSinceEpoch]) ?? 0
        }
    }

    /// How a delivery came out of the quarantine; nil for one that came in by itself.
    package func promotion(of id: DeliveryID) throws(ArchiveReadFailure) -> Promotion? {
        try read { db in
            try Row.fetchOne(
                db,
                sql:
                    "SELECT quarantineId, promotedAtMilliseconds, reason, forcedBecause FROM promotion WHERE journalId = ?",
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
