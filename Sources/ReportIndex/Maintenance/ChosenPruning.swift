package import Deliveries
internal import GRDB

extension ArchiveReader {
    /// What is taken of deliveries whose bodies a person wants gone, whatever retention says: nothing of those that are held,
    /// whose body is gone already, or that the index has not reached.
    ///
    /// - Parameters:
    ///   - ids: a slice's worth of them.
    ///   - reason: kept with each.
    package func pruning(
        of ids: some Sequence<DeliveryID>, because reason: String
    ) throws(ArchiveReadFailure) -> PruningSlice {
        try read { db in
            let holds = try HoldTable(db)
            let decisions = try ids.compactMap { try Self.decide($0, reason, holds, db) }
            return PruningSlice(last: nil, decisions: decisions, holdsKnownUpTo: try IndexState.cursor(db))
        }
    }

    private static func decide(
        _ id: DeliveryID, _ reason: String, _ holds: HoldTable, _ db: Database
    ) throws -> PruningDecision? {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "\(pruningSelect) WHERE delivery.id = ?"), arguments: [id.rawValue])
        guard let row, try !row.decode(Bool.self, atIndex: 4) else { return nil }
        let brought = try BroughtReport.all(by: id.rawValue, db)
        guard try !holds.holds(id.rawValue, reports: brought.map(\.id), db) else { return nil }
        return PruningDecision(
            id: id, receivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)),
            source: try row.decode(atIndex: 2), types: brought.map(\.type).uniqued(), extent: .body,
            byteCount: try row.decode(Int64?.self, atIndex: 5) ?? 0, reason: reason)
    }
}
