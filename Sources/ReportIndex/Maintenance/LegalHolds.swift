package import Deliveries
internal import GRDB
package import Journal

/// Something that must not be pruned until the hold is released.
package struct LegalHold: Sendable, Equatable {
    package let id: Int64
    package let subject: HoldRecord.Subject
    package let reason: String
    package let placedAt: Timestamp
    /// Nil while it holds.
    package let releasedAt: Timestamp?
}

extension ArchiveReader {
    /// Every hold that was ever placed, oldest first.
    package func holds() throws -> [LegalHold] {
        try read { try HoldTable.all($0) }
    }
}

/// The table of holds.
struct HoldTable {
    private let deliveries: Set<Int64>
    private let fields: [(nameID: Int64, value: DatabaseValue)]

    /// The holds of this moment.
    init(_ db: Database) throws {
        let holds = try Self.all(db).filter { $0.releasedAt == nil }
        deliveries = Set(
            holds.compactMap { hold in
                if case .delivery(let id) = hold.subject { id.rawValue } else { nil }
            })
        fields = try holds.compactMap { hold in
            guard case .field(let field) = hold.subject,
                let id = try Int64.fetchOne(
                    db, sql: "SELECT id FROM fieldName WHERE name = ?", arguments: [field.name.bindable])
            else { return nil }
            return (id, FieldValue(field.value).databaseValue)
        }
    }

    /// Whether a delivery, or a report that it brought, is held.
    func holds(_ delivery: Int64, reports: [Int64], _ db: Database) throws -> Bool {
        if deliveries.contains(delivery) { return true }
        for (nameID, value) in fields {
            for report in reports {
                let isHeld = try Bool.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT EXISTS (
                                SELECT 1 FROM field WHERE segment = ? AND nameId = ? AND value = ? AND reportId = ?
                            )
                            """), arguments: [ArrivalID(rawValue: report).segment, nameID, value, report])
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
            let subject: HoldRecord.Subject
            if let delivery = try row.decode(Int64?.self, atIndex: 1) {
                subject = .delivery(DeliveryID(rawValue: delivery))
            } else {
                subject = .field(ReportField(try row.decode(atIndex: 2), try row.decode(atIndex: 3)))
            }
            return LegalHold(
                id: try row.decode(atIndex: 0), subject: subject, reason: try row.decode(atIndex: 4),
                placedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 5)),
                releasedAt: try row.decode(Int64?.self, atIndex: 6).map(Timestamp.init(millisecondsSinceEpoch:)))
        }
    }
}
