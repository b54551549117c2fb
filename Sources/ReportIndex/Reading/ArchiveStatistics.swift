internal import GRDB
package import Journal

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
    /// Entries that are not indexed yet.
    package let unindexedCount: Int64
    package let firstReceivedAtMilliseconds: Int64?
    package let lastReceivedAtMilliseconds: Int64?
    /// All the archive's databases with their logs.
    package let fileByteCount: Int64
}

extension ArchiveReader {
    /// Counts everything. Reads the whole journal's pages, but no body that fills pages of its own.
    package func statistics() throws -> ArchiveStatistics {
        let fileByteCount = directory.byteCount
        return try read { db in
            let sources = try Row.fetchAll(
                db,
                sql: """
                    SELECT origin.source, count(*), sum(entry.byteCount), sum(length(entry.body))
                    FROM entry JOIN origin ON origin.id = entry.originId WHERE origin.source IS NOT NULL
                    GROUP BY origin.source ORDER BY origin.source
                    """
            ).map {
                ArchiveStatistics.SourceShare(
                    source: try $0.decode(atIndex: 0), deliveryCount: try $0.decode(atIndex: 1),
                    bodyByteCount: try $0.decode(atIndex: 2), storedByteCount: try $0.decode(atIndex: 3))
            }
            func count(_ sql: String) throws -> Int64 { try Int64.fetchOne(db, sql: sql) ?? 0 }
            let ofCategory = "SELECT count(*) FROM report JOIN category ON category.id = report.categoryId WHERE"
            return ArchiveStatistics(
                sources: sources,
                reportCount: try count("SELECT count(*) FROM report"),
                unroutedCount: try count("\(ofCategory) topic IS NULL"),
                unrecognisedCount: try count("\(ofCategory) type = 'unrecognised'"),
                replayCount: try count("SELECT count(*) FROM replay"),
                unindexedCount: max(
                    0, (try JournalEnd.read(db)?.position ?? 0) - (try IndexState.cursor(db))),
                firstReceivedAtMilliseconds: try Int64.fetchOne(
                    db, sql: "SELECT receivedAtMilliseconds FROM delivery ORDER BY id LIMIT 1"),
                lastReceivedAtMilliseconds: try Int64.fetchOne(
                    db, sql: "SELECT receivedAtMilliseconds FROM delivery ORDER BY id DESC LIMIT 1"),
                fileByteCount: fileByteCount)
        }
    }
}

extension ArchiveDirectory {
    /// Bytes of all the archive's databases with their logs.
    package var byteCount: Int64 {
        [journal.path, indexPath, quarantinePath].reduce(0) {
            $0 + FileSystem.byteCount($1) + FileSystem.byteCount($1 + "-wal")
        }
    }
}

/// The names that an archive's reports have: what filters can say. In order of the alphabet.
package struct ArchiveVocabulary: Sendable {
    package let sources: [String]
    package let types: [String]
    package let topics: [String]
    /// As `--field` takes them; those of externalInfo begin with `externalInfo.`. The first 10,000.
    package let fieldNames: [String]
}

extension ArchiveReader {
    /// Names in use. Costs as much as there are combinations of them, not reports.
    package func vocabulary() throws -> ArchiveVocabulary {
        try read { db in
            func names(_ column: String) throws -> [String] {
                try String.fetchAll(
                    db,
                    sql: "SELECT DISTINCT \(column) FROM category WHERE \(column) IS NOT NULL ORDER BY 1 LIMIT 10000")
            }
            return ArchiveVocabulary(
                sources: try names("source"), types: try names("type"), topics: try names("topic"),
                fieldNames: try String.fetchAll(db, sql: "SELECT name FROM fieldName ORDER BY 1 LIMIT 10000"))
        }
    }
}
