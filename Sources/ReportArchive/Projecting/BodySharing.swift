internal import Deliveries
internal import GRDB

/// A delivery that brought a report again.
struct BodyRepeat: Sendable {
    let later: Int64
    let first: ArrivalID
}

/// Keeps a body once that came several times: a provider that tries again sends the same bytes.
///
/// Done after the projection has found the repeats, on its thread. Both bodies are opened and compared before one is let go, so
/// that the copy that stays is a sound one.
struct BodySharing {
    /// Bodies shorter than this, as stored, are not worth it.
    private static let byteCountLeast = 64

    private struct Share: Sendable {
        let later: Int64
        let kept: Int64
    }

    let reader: DatabaseQueue
    let dictionaries: DictionaryCache
    let writer: ArchiveWriter

    func share(_ repeats: [BodyRepeat]) throws(ArchiveError) {
        var shares: [Share] = []
        for candidate in repeats where shares.last?.later != candidate.later {
            if let kept = try sameBody(as: candidate) { shares.append(Share(later: candidate.later, kept: kept)) }
        }
        guard !shares.isEmpty else { return }
        let progress = PartProgress()
        let found = shares
        try writer.perform(isRebuildable: false) { db, end in
            var isDone = false
            try db.inTransaction(.immediate) {
                repeat {
                    guard let next = progress.take(of: found.count) else {
                        isDone = true
                        break
                    }
                    // Neither may have been pruned or shared meanwhile.
                    try db.cachedStatement(
                        sql: """
                            UPDATE body SET encoding = 'same', sameAs = ?2, bytes = x''
                            WHERE journalId = ?1 AND encoding IN ('raw', 'zlib')
                                AND EXISTS (SELECT 1 FROM body WHERE journalId = ?2 AND encoding IN ('raw', 'zlib'))
                                AND NOT EXISTS (SELECT 1 FROM body WHERE sameAs = ?1)
                            """
                    ).execute(arguments: [found[next].later, found[next].kept])
                } while !end.hasCome
                return .commit
            }
            return isDone ? .finished : .unfinished
        }
    }

    /// The delivery that holds the same bytes: the one that brought the report first, or the last one before this.
    private func sameBody(as candidate: BodyRepeat) throws(ArchiveError) -> Int64? {
        try ArchiveConnection.wrapping(writer.location) {
            try reader.read { db in
                let before = try Int64.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT max(id) >> 20 FROM attempt WHERE reportId = ? AND id < ? << 20"),
                    arguments: [candidate.first.rawValue, candidate.later])
                for earlier in [candidate.first.deliveryID, before].compactMap(\.self).uniqued() {
                    if let kept = try root(of: earlier, ifSameAs: candidate.later, db) { return kept }
                }
                return nil
            }
        }
    }

    private func root(of earlier: Int64, ifSameAs later: Int64, _ db: Database) throws -> Int64? {
        let isLikely = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT one.bodySHA256 = other.bodySHA256 AND one.bodyByteCount = other.bodyByteCount
                        AND length(body.bytes) >= \(Self.byteCountLeast)
                    FROM journal AS one JOIN journal AS other ON other.id = ?2 JOIN body ON body.journalId = other.id
                    WHERE one.id = ?1
                    """), arguments: [earlier, later])
        guard isLikely == true,
            let kept = try JournalRows.row(DeliveryID(rawValue: earlier), db, dictionaries),
            let copy = try JournalRows.row(DeliveryID(rawValue: later), db, dictionaries),
            kept.source == copy.source, let one = try? kept.openedBody(), let other = try? copy.openedBody(),
            one == other
        else { return nil }
        return try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT coalesce(sameAs, journalId) FROM body WHERE journalId = ?"),
            arguments: [earlier])
    }
}
