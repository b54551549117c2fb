internal import GRDB

/// What an archive holds, in numbers.
package struct ArchiveStatistics: Sendable {
    /// One source's share.
    package struct SourceShare: Sendable {
        package let source: String
        package let deliveryCount: Int64
        package let bodyByteCount: Int64
        package let storedByteCount: Int64
    }

    /// In order of name.
    package let sources: [SourceShare]
    package let reportCount: Int64
    package let unroutedCount: Int64
    package let unrecognisedCount: Int64
    package let replayCount: Int64
    /// Deliveries that the projection has not reached.
    package let unprojectedCount: Int64
    package let firstReceivedAtMilliseconds: Int64?
    package let lastReceivedAtMilliseconds: Int64?
    /// The SQLite file with its log.
    package let fileByteCount: Int64
}

extension ArchiveReader {
    /// Counts everything: reads the whole journal's columns, though no body.
    package func statistics() throws(ArchiveReadFailure) -> ArchiveStatistics {
        let fileByteCount = location.byteCount + ArchiveLocation(path: location.path + "-wal").byteCount
        return try read { db in
            let sources = try Row.fetchAll(
                db,
                sql: """
                    SELECT origin.source, count(*), sum(journal.bodyByteCount), sum(length(body.bytes))
                    FROM journal JOIN origin ON origin.id = journal.originId
                        LEFT JOIN body ON body.journalId = journal.id
                    GROUP BY origin.source ORDER BY origin.source
                    """
            ).map {
                ArchiveStatistics.SourceShare(
                    source: try $0.decode(atIndex: 0), deliveryCount: try $0.decode(atIndex: 1),
                    bodyByteCount: try $0.decode(atIndex: 2), storedByteCount: try $0.decode(atIndex: 3))
            }
            let hidden = try ProjectionTables.firstHiddenArrival(db).rawValue
            func count(_ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? 0 }
            return ArchiveStatistics(
                sources: sources,
                reportCount: try count("SELECT count(*) FROM report WHERE id < \(hidden)"),
                unroutedCount: try count(
                    "SELECT count(*) FROM report JOIN category ON category.id = report.categoryId WHERE box IS NULL AND report.id < \(hidden)"
                ),
                unrecognisedCount: try count(
                    "SELECT count(*) FROM report JOIN category ON category.id = report.categoryId WHERE kind = 'unrecognised' AND report.id < \(hidden)"
                ),
                replayCount: try count("SELECT count(*) FROM replay"),
                unprojectedCount: try ProjectionLag.State(db).count,
                firstReceivedAtMilliseconds: try Int64.fetchOne(
                    db, sql: "SELECT receivedAtMilliseconds FROM journal ORDER BY id LIMIT 1"),
                lastReceivedAtMilliseconds: try Int64.fetchOne(
                    db, sql: "SELECT receivedAtMilliseconds FROM journal ORDER BY id DESC LIMIT 1"),
                fileByteCount: fileByteCount)
        }
    }
}
