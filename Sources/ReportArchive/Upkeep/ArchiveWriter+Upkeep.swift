internal import Deliveries
internal import Foundation
internal import GRDB

extension ArchiveWriter {
    /// Empties the projection's tables, in parts between commits; a projector then fills them again from the journal.
    package func clearProjection() throws(ArchiveError) {
        let clearing = ProjectionClearing()
        try perform(isRebuildable: true) { db, end in
            try ProjectionTables.beginClearing(db)
            return try clearing.clearPart(db, end)
        }
        announceGrowth()
    }

    /// Remembers that a delivery was sent again.
    package func record(_ replay: ReplayRecord) throws(ArchiveError) {
        try perform { db in
            var status: Int?
            var byteCount: Int?
            var sha256: Data?
            var failure: String?
            switch replay.outcome {
            case .answered(let code, let count, let digest):
                status = code
                byteCount = count
                sha256 = Data(digest)
            case .failed(let text):
                failure = text
            }
            try db.execute(
                sql: """
                    INSERT INTO replay (journalId, startedAtMilliseconds, method, url, durationMilliseconds, status,
                        responseByteCount, responseSHA256, failure)
                    SELECT id, ?, ?, ?, ?, ?, ?, ?, ? FROM journal WHERE id = ?
                    """,
                arguments: [
                    replay.startedAt.millisecondsSinceEpoch, replay.method, replay.url, replay.durationMilliseconds,
                    status, byteCount, sha256, failure, replay.deliveryID.rawValue,
                ])
        }
    }
}
