package import Deliveries
internal import GRDB
internal import Journal
internal import Quarantine

extension ArchiveReader {
    /// How many rejected deliveries are in the quarantine.
    package func quarantinedCount() throws(ArchiveReadFailure) -> Int64 {
        try quarantined { reader throws(ArchiveError) in try reader.size().count }
    }

    /// The retention settings that were recorded, newest first.
    package func recordedRetention() throws(ArchiveReadFailure) -> [RecordedRetention] {
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
    package func type(of id: DeliveryID) throws(ArchiveReadFailure) -> String? {
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
    package func indexedPosition() throws(ArchiveReadFailure) -> DeliveryID {
        try read { DeliveryID(rawValue: try IndexState.cursor($0)) }
    }

    /// The deliveries in a range that were the first to bring a report of one of these types, oldest first.
    package func deliveries(
        in range: ClosedRange<DeliveryID>, withReportsOf types: [(provider: String, type: String)]
    ) throws(ArchiveReadFailure) -> [DeliveryID] {
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
