package import Deliveries
internal import GRDB
package import Journal

/// A legal hold on a delivery, or on all deliveries with a field. Held deliveries must not be pruned until
/// the hold is released.
package struct LegalHold: Sendable, Equatable {
    package let id: Int64
    package let subject: HoldRecord.Subject
    package let reason: String
    package let placedAt: Timestamp
    /// The time of the release; nil while the hold is in force.
    package let releasedAt: Timestamp?
}

extension ArchiveReader {
    /// All holds, including released holds, oldest first.
    package func holds() throws -> [LegalHold] {
        try read { try HoldTable.all($0) }
    }
}

/// The holds in force, indexed for fast checks.
struct HoldTable {
    private let deliveries: Set<DeliveryID>
    private let fields: [(nameID: Int64, value: DatabaseValue)]

    init(_ db: Database) throws {
        var deliveries: Set<DeliveryID> = []
        var fields: [(nameID: Int64, value: DatabaseValue)] = []
        for hold in try Self.all(db) where hold.releasedAt == nil {
            switch hold.subject {
            case .delivery(let id): deliveries.insert(id)
            case .field(let field):
                guard let id = try ReportConditions.nameID(field.name, db) else { continue }
                fields.append((id, FieldValue(field.value).databaseValue))
            }
        }
        (self.deliveries, self.fields) = (deliveries, fields)
    }

    func holds(_ delivery: DeliveryID, reports: [ArrivalID], _ db: Database) throws -> Bool {
        if deliveries.contains(delivery) { return true }
        for (nameID, value) in fields {
            for report in reports {
                let isHeld = try Bool.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT EXISTS (
                                SELECT 1 FROM field WHERE segment = ? AND nameId = ? AND value = ? AND reportId = ?
                            )
                            """), arguments: [report.segment, nameID, value, report])
                if isHeld == true { return true }
            }
        }
        return false
    }

    static func all(_ db: Database) throws -> [LegalHold] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT id, deliveryId, name, value, reason, placedAtMilliseconds, releasedAtMilliseconds FROM hold
                ORDER BY id
                """
        ).map { row in
            let subject: HoldRecord.Subject =
                if let delivery = try row.decode(DeliveryID?.self, atIndex: 1) {
                    .delivery(delivery)
                } else {
                    .field(ReportField(try row.decode(atIndex: 2), try row.decode(atIndex: 3)))
                }
            return LegalHold(
                id: try row.decode(atIndex: 0), subject: subject, reason: try row.decode(atIndex: 4),
                placedAt: try row.decode(atIndex: 5), releasedAt: try row.decode(atIndex: 6))
        }
    }
}
