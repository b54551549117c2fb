internal import Deliveries
internal import GRDB
internal import Journal

/// The maximum total size of unverified browser redirects that name no known link. If the redirects exceed this budget,
/// the oldest redirects are removed.
package struct RedirectBudget: Sendable, Equatable {
    /// The approximate size, in bytes, of an entry without its head and body: keys, hashes, index rows.
    private static let overheadByteCount: Int64 = 512
    /// The maximum number of redirects to remove in one round.
    private static let countLimit = 4096

    package var byteCount: Int64 = 64 << 20

    package init() {}

    /// Selects the oldest redirects for removal until the remaining redirects fit the budget. Never selects held
    /// redirects.
    package func excess(_ reader: ArchiveReader) throws -> PruningSlice {
        try reader.read { db in
            let origins = try Int64.fetchAll(
                db, sql: "SELECT id FROM origin WHERE type = ?", arguments: [Origin.redirectType])
            let isRedirect = "delivery.originId IN (\(origins.map(String.init).joined(separator: ",")))"
            let count = try Int64.fetchOne(db, sql: "SELECT count(*) FROM delivery WHERE \(isRedirect)") ?? 0
            var decisions: [PruningDecision] = []
            // Reads sizes only if the number of redirects suggests that their total size is near the budget. Most
            // archives have few redirects.
            if count * Self.overheadByteCount > byteCount / 8 {
                let size = try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT sum(\(Self.overheadByteCount) + length(entry.head) + length(entry.body))
                        FROM delivery JOIN entry ON entry.position = delivery.id WHERE \(isRedirect)
                        """)
                var excess = (size ?? 0) - byteCount
                let holds = try HoldTable(db)
                var last: Int64 = 0
                var remaining = Self.countLimit
                while excess > 0, remaining > 0 {
                    let page = try PruningCandidate.all(
                        "\(isRedirect) AND delivery.id > ? ORDER BY delivery.id LIMIT ?", [last, min(remaining, 256)],
                        db)
                    guard let end = page.last else { break }
                    for redirect in page where excess > 0 {
                        let decision = try redirect.decision(.everything, "budget for unverified redirects", holds, db)
                        guard let decision else { continue }
                        excess -= Self.overheadByteCount + redirect.headByteCount + redirect.storedByteCount
                        decisions.append(decision)
                    }
                    last = end.id.rawValue
                    remaining -= page.count
                }
            }
            return PruningSlice(last: nil, decisions: decisions, holdsKnownUpTo: try IndexState.cursor(db))
        }
    }
}
