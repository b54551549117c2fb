internal import Deliveries
internal import GRDB
internal import Journal

/// The bytes that redirects may take which nothing proves and no known link refers to. Beyond it the oldest are removed.
package struct RedirectBudget: Sendable, Equatable {
    /// What entries take beside head and body, about: keys, hashes, the index.
    private static let overheadByteCount: Int64 = 512
    /// Most redirects that are removed in one round.
    private static let countLimit = 4096

    package var byteCount: Int64 = 64 << 20

    package init() {}

    /// The oldest redirects that have to go so that the rest fits; none of those that are held.
    package func excess(_ reader: ArchiveReader) throws -> PruningSlice {
        try reader.read { db in
            let origins = try Int64.fetchAll(
                db, sql: "SELECT id FROM origin WHERE type = ?", arguments: [Origin.redirectType])
            let holds = try HoldTable(db)
            let holdsKnownUpTo = try IndexState.cursor(db)
            let list = origins.map(String.init).joined(separator: ",")
            let count = try Int64.fetchOne(db, sql: "SELECT count(*) FROM delivery WHERE originId IN (\(list))") ?? 0
            // Most archives have few of them; only beyond the budget of the smallest is each one looked at.
            guard count * Self.overheadByteCount > byteCount / 8 else {
                return PruningSlice(last: nil, decisions: [], holdsKnownUpTo: holdsKnownUpTo)
            }
            let size = "\(Self.overheadByteCount) + length(entry.head) + length(entry.body)"
            let tables = "delivery JOIN entry ON entry.position = delivery.id WHERE delivery.originId IN (\(list))"
            var excess = (try Int64.fetchOne(db, sql: "SELECT sum(\(size)) FROM \(tables)") ?? 0) - byteCount
            var decisions: [PruningDecision] = []
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT delivery.id, delivery.receivedAtMilliseconds, origin.source, \(size), length(entry.body)
                    FROM delivery JOIN entry ON entry.position = delivery.id JOIN origin ON origin.id = delivery.originId
                    WHERE delivery.originId IN (\(list)) ORDER BY delivery.id LIMIT \(Self.countLimit)
                    """)
            while excess > 0, let row = try rows.next() {
                let id: Int64 = try row.decode(atIndex: 0)
                let brought = try BroughtReport.all(by: id, db)
                guard try !holds.holds(id, reports: brought.map(\.id), db) else { continue }
                excess -= try row.decode(Int64.self, atIndex: 3)
                decisions.append(
                    PruningDecision(
                        id: DeliveryID(rawValue: id),
                        receivedAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 1)),
                        source: try row.decode(atIndex: 2), types: brought.map(\.type).uniqued(), extent: .everything,
                        byteCount: try row.decode(atIndex: 4), reason: "budget for unproved redirects"))
            }
            return PruningSlice(last: nil, decisions: decisions, holdsKnownUpTo: holdsKnownUpTo)
        }
    }
}
