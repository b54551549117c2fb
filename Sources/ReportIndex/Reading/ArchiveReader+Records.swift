package import Deliveries
internal import GRDB
package import Journal
package import Quarantine

extension ArchiveReader {
    /// How many rejected deliveries are in the quarantine.
    package func quarantinedCount() throws -> Int64 {
        try quarantined { try $0.size().count }
    }

    /// The retention settings that were recorded, newest first.
    package func recordedRetention() throws -> [RecordedRetention] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT recordedAtMilliseconds, settings, isConfirmed FROM retention ORDER BY id DESC"
            ).map {
                RecordedRetention(
                    recordedAt: Timestamp(millisecondsSinceEpoch: try $0.decode(atIndex: 0)),
                    settings: try $0.decode(atIndex: 1), isConfirmed: try $0.decode(atIndex: 2))
            }
        }
    }

    /// The type of the first report of a delivery; nil when it has none.
    package func type(of id: DeliveryID) throws -> String? {
        guard (1..<ArrivalID.deliveryLimit).contains(id.rawValue) else { return nil }
        return try read { db in
            try String.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT category.type FROM report JOIN category ON category.id = report.categoryId
                        WHERE report.id BETWEEN ? AND ? ORDER BY report.id LIMIT 1
                        """),
                arguments: [ArrivalID(id.rawValue, 0).rawValue, ArrivalID(id.rawValue + 1, 0).rawValue - 1])
        }
    }

    /// The last position that is indexed.
    package func indexedPosition() throws -> DeliveryID {
        try read { DeliveryID(rawValue: try IndexState.cursor($0)) }
    }

    /// The deliveries in a range that were the first to bring a report of one of these types, oldest first.
    package func deliveries(
        in range: ClosedRange<DeliveryID>, withReportsOf types: [(provider: String, type: String)]
    ) throws -> [DeliveryID] {
        guard range.upperBound.rawValue < ArrivalID.deliveryLimit else { return [] }
        return try read { db in
            var found: Set<Int64> = []
            for type in types {
                let ids = try Int64.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT DISTINCT report.id >> 20 FROM report
                            WHERE report.categoryId IN (SELECT id FROM category WHERE provider = ? AND type = ?)
                                AND report.id BETWEEN ? AND ?
                            """),
                    arguments: [
                        type.provider, type.type, ArrivalID(range.lowerBound.rawValue, 0).rawValue,
                        ArrivalID(range.upperBound.rawValue + 1, 0).rawValue - 1,
                    ])
                found.formUnion(ids)
            }
            return found.sorted().map(DeliveryID.init(rawValue:))
        }
    }
}

/// Retention settings and when they were recorded.
package struct RecordedRetention: Sendable, Equatable {
    package let recordedAt: Timestamp
    package let settings: String
    package let isConfirmed: Bool
}

/// A row of the access log.
package struct AccessEntry: Sendable, Equatable {
    package let id: Int64
    /// By the clock of whoever wrote it.
    package let at: Timestamp
    package let record: AccessRecord
}

extension ArchiveReader {
    /// Rows of the access log read under one snapshot.
    private static let accessPageCount = 500

    /// The access log, newest first, handed over one by one so that memory does not grow with their number.
    ///
    /// - Parameter limit: the most rows; nil for all.
    package func forEachAccess(
        limit: Int?, _ body: (AccessEntry) throws -> Void
    ) throws {
        var remaining = limit.map { max(0, $0) } ?? .max
        var last = Int64.max
        while remaining > 0 {
            let count = min(remaining, Self.accessPageCount)
            let page = try accesses(before: last, limit: count)
            for entry in page { try body(entry) }
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
                    subject: try row.decode(atIndex: 4), reason: try row.decode(String?.self, atIndex: 5))
                guard let record else { throw ArchiveError.damaged("row \(id) of the access log does not read back") }
                return AccessEntry(
                    id: id, at: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)), record: record)
            }
        }
    }
}

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
    package func promotion(of id: DeliveryID) throws -> Promotion? {
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

/// What is left of a delivery: all of it, or all but the body.
package struct KeptDelivery: Sendable {
    /// Its body is empty if it was pruned.
    package let delivery: ArchivedDelivery
    /// Of the body as it arrived.
    package let bodyByteCount: Int
    /// Nil if the body is kept.
    package let pruning: BodyPruning?

    /// Why the body was pruned; nil if it is kept.
    package var pruningReason: String? {
        pruning?.reason
    }
}

/// When and why a body was pruned.
package struct BodyPruning: Sendable, Equatable {
    package let prunedAt: Timestamp
    package let reason: String
}

extension ArchiveReader {
    /// A delivery as far as it is kept, its body checked if it is there; nil when there is none with this ID.
    package func keptDelivery(_ id: DeliveryID) throws -> KeptDelivery? {
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
