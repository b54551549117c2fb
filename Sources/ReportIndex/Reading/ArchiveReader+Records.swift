package import Deliveries
internal import GRDB
package import Journal
package import Quarantine

extension ArchiveReader {
    /// The number of rejected deliveries in the quarantine.
    package func quarantinedCount() throws -> Int64 {
        try quarantined { try $0.size().count }
    }

    /// The recorded retention settings, newest first.
    package func recordedRetention() throws -> [RecordedRetention] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT recordedAtMilliseconds, settings, isConfirmed FROM retention ORDER BY id DESC"
            ).map {
                RecordedRetention(
                    recordedAt: try $0.decode(atIndex: 0), settings: try $0.decode(atIndex: 1),
                    isConfirmed: try $0.decode(atIndex: 2))
            }
        }
    }

    /// The type of a delivery's first report; nil if the delivery contains only repeats.
    package func type(of id: DeliveryID) throws -> String? {
        let range = ArrivalID.range(id.rawValue...id.rawValue)
        return try read { db in
            try String.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT category.type FROM report JOIN category ON category.id = report.categoryId
                        WHERE report.id BETWEEN ? AND ? ORDER BY report.id LIMIT 1
                        """), arguments: [range.lowerBound, range.upperBound])
        }
    }

    /// The last indexed position.
    package func indexedPosition() throws -> DeliveryID {
        try read { DeliveryID(rawValue: try IndexState.cursor($0)) }
    }

    /// The number of journal entries that are not indexed yet, including removed entries.
    package func unindexedCount() throws -> Int64 {
        try read { try IndexState.unindexedCount($0) }
    }

    /// The deliveries in a range that have a new report of one of these types, oldest first.
    package func deliveries(
        in range: ClosedRange<DeliveryID>, withReportsOf types: [(provider: String, type: String)]
    ) throws -> [DeliveryID] {
        let arrivals = ArrivalID.range(range.lowerBound.rawValue...range.upperBound.rawValue)
        return try read { db in
            var found: Set<DeliveryID> = []
            for type in types {
                found.formUnion(
                    try DeliveryID.fetchAll(
                        db.cachedStatement(
                            sql: """
                                SELECT DISTINCT report.id >> 20 FROM report
                                WHERE report.categoryId IN (SELECT id FROM category WHERE provider = ? AND type = ?)
                                    AND report.id BETWEEN ? AND ?
                                """),
                        arguments: [type.provider, type.type, arrivals.lowerBound, arrivals.upperBound]))
            }
            return found.sorted()
        }
    }
}

/// Retention settings and the time at which they were recorded.
package struct RecordedRetention: Sendable, Equatable {
    package let recordedAt: Timestamp
    package let settings: String
    package let isConfirmed: Bool
}

/// One access, as the access log shows it.
package struct AccessEntry: Sendable, Equatable {
    package let id: Int64
    /// The time of the access, by the clock of the process that recorded it.
    package let at: Timestamp
    package let record: AccessRecord
}

extension ArchiveReader {
    /// The maximum number of accesses to read in one snapshot.
    private static let accessPageCount = 500

    /// Passes the accesses one by one, newest first, so memory use does not depend on the length of the log.
    ///
    /// - Parameter limit: the maximum number of accesses; nil for all.
    package func forEachAccess(limit: Int?, _ body: (AccessEntry) throws -> Void) throws {
        var remaining = limit.map { max(0, $0) } ?? .max
        var last = Int64.max
        while remaining > 0 {
            let count = min(remaining, Self.accessPageCount)
            let page = try accesses(before: last, limit: count)
            try page.forEach(body)
            guard page.count == count, let end = page.last?.id, end < last else { return }
            last = end
            remaining -= count
        }
    }

    private func accesses(before id: Int64, limit: Int) throws -> [AccessEntry] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, atMilliseconds, user, command, subject, reason FROM access WHERE id < ?
                    ORDER BY id DESC LIMIT ?
                    """, arguments: [id, limit]
            ).map { row in
                let id: Int64 = try row.decode(atIndex: 0)
                let record = AccessRecord(
                    user: try row.decode(atIndex: 2), command: try row.decode(atIndex: 3),
                    subject: try row.decode(atIndex: 4), reason: try row.decode(atIndex: 5))
                guard let record else { throw ArchiveError.damaged("row \(id) of the audit log cannot be read") }
                return AccessEntry(id: id, at: try row.decode(atIndex: 1), record: record)
            }
        }
    }
}

/// A release of a delivery from the quarantine into the journal.
package struct QuarantineRelease: Sendable, Equatable {
    package let quarantineID: QuarantineID
    package let releasedAt: Timestamp
    /// The reason why the delivery was rejected.
    package let reason: String
    /// A person's reason for releasing the delivery unverified; nil if the delivery was verified.
    package let forcedBecause: String?
}

extension ArchiveReader {
    /// The release of a delivery; nil if it was not released from the quarantine.
    package func release(of id: DeliveryID) throws -> QuarantineRelease? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT quarantineId, releasedAtMilliseconds, reason, forcedBecause FROM quarantineRelease
                    WHERE deliveryId = ?
                    """, arguments: [id]
            ).map {
                QuarantineRelease(
                    quarantineID: try $0.decode(atIndex: 0), releasedAt: try $0.decode(atIndex: 1),
                    reason: try $0.decode(atIndex: 2), forcedBecause: try $0.decode(atIndex: 3))
            }
        }
    }
}

/// A delivery whose body may have been pruned.
package struct KeptDelivery: Sendable {
    /// The delivery. The body is empty if the delivery was pruned.
    package let delivery: ArchivedDelivery
    /// The length of the body as it arrived.
    package let bodyByteCount: Int
    /// When and why the body was pruned; nil if the body is kept.
    package let pruning: BodyPruning?

    package var pruningReason: String? {
        pruning?.reason
    }
}

/// The time and reason of a body's pruning.
package struct BodyPruning: Sendable, Equatable {
    /// The time of the pruning. Nil in a copy that does not have the record of the pruning yet.
    package let prunedAt: Timestamp?
    package let reason: String
}

/// The reason why the archive has no delivery with an ID.
package enum DeliveryAbsence: Sendable, Equatable {
    /// No delivery with this ID was recorded. The journal may have a record at this position.
    case unknown
    /// The archive is a copy that ends at the entry `end`, before this ID.
    case notCopied(end: Int64)
    /// Retention removed the delivery; `record` describes the removal. A copy may not have this record yet.
    case removed(record: Int64)
}

extension ArchiveReader {
    /// Returns a delivery, or nil if there is no delivery with this ID. Checks the body unless it was pruned.
    package func keptDelivery(_ id: DeliveryID) throws -> KeptDelivery? {
        try read { db in
            guard let row = try EntryRows.row(id.rawValue, db, dictionaries), row.isDelivery else { return nil }
            guard row.isPruned else {
                let delivery = try row.delivery()
                return KeptDelivery(delivery: delivery, bodyByteCount: delivery.request.body.count, pruning: nil)
            }
            if let record = row.prunedBy, try record > Self.end(db), try Self.isCopy(db) {
                return try KeptDelivery(
                    row,
                    BodyPruning(prunedAt: nil, reason: "the reason is in entry \(record), which is not copied yet"))
            }
            guard let position = row.prunedBy, let entry = try EntryRows.row(position, db, dictionaries),
                case .prune(let prune)? = try? entry.record()
            else { throw ArchiveError.damaged("entry \(row.position): the record that pruned it cannot be read") }
            return try KeptDelivery(row, BodyPruning(prunedAt: entry.recordedAt, reason: prune.reason))
        }
    }

    /// Explains why the archive has no delivery with this ID.
    package func absence(of id: DeliveryID) throws -> DeliveryAbsence {
        try read { db in
            let record = try Int64.fetchOne(
                db, sql: "SELECT recordedBy FROM gap WHERE firstPosition <= ?1 AND lastPosition >= ?1",
                arguments: [id.rawValue])
            if let record { return .removed(record: record) }
            let end = try Self.end(db)
            return try id.rawValue > end && Self.isCopy(db) ? .notCopied(end: end) : .unknown
        }
    }

    /// The last position of the journal; 0 if it is empty.
    private static func end(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT max(coalesce((SELECT max(position) FROM entry), 0),
                    coalesce((SELECT max(lastPosition) FROM gap), 0))
                """) ?? 0
    }

    private static func isCopy(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM upstream)") ?? false
    }
}

extension KeptDelivery {
    /// A delivery whose body was pruned.
    fileprivate init(_ row: EntryRow, _ pruning: BodyPruning) throws {
        self.init(
            delivery: try row.envelope().delivery(body: [], at: row.recordedAt), bodyByteCount: row.byteCount,
            pruning: pruning)
    }
}
