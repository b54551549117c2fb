import GRDB

@testable import ReportArchive

extension ArchiveWriter {
    /// Takes the bodies of deliveries, as retention does.
    func prune(_ ids: [Int64], reason: String = "older than a year") throws {
        try perform { db in
            try db.inTransaction {
                try db.execute(
                    sql: "INSERT INTO pruning (prunedAtMilliseconds, reason) VALUES (0, ?)", arguments: [reason])
                let pruning = db.lastInsertedRowID
                for id in ids {
                    try db.execute(
                        sql: """
                            UPDATE body SET encoding = 'gone', sameAs = NULL, pruningId = ?, bytes = x''
                            WHERE journalId = ?
                            """, arguments: [pruning, id])
                }
                return .commit
            }
        }
    }
}
