internal import Deliveries
internal import GRDB
package import Journal

/// Counts of an archive.
package struct ArchiveStatistics: Sendable {
    /// The deliveries of one source.
    package struct SourceShare: Sendable {
        package let source: String
        package let deliveryCount: Int64
        package let bodyByteCount: Int64
        package let storedByteCount: Int64
    }

    /// The counts of each source, sorted by the name of the source.
    package let sources: [SourceShare]
    package let reportCount: Int64
    package let unroutedCount: Int64
    package let unrecognisedCount: Int64
    package let replayCount: Int64
    /// The number of entries that are not indexed yet.
    package let unindexedCount: Int64
    package let firstReceivedAtMilliseconds: Int64?
    package let lastReceivedAtMilliseconds: Int64?
    /// The size of all databases and their logs, in bytes.
    package let fileByteCount: Int64
}

extension ArchiveReader {
    /// Counts the archive's contents. Reads each page of the journal once, but not the overflow pages of large bodies.
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
            func number(_ sql: String) throws -> Int64? { try Int64.fetchOne(db, sql: sql) }
            let ofCategory = "SELECT count(*) FROM report JOIN category ON category.id = report.categoryId WHERE"
            return ArchiveStatistics(
                sources: sources,
                reportCount: try number("SELECT count(*) FROM report") ?? 0,
                unroutedCount: try number("\(ofCategory) topic IS NULL") ?? 0,
                unrecognisedCount: try number("\(ofCategory) type = '\(ReportContent.unrecognisedType)'") ?? 0,
                replayCount: try number("SELECT count(*) FROM replay") ?? 0,
                unindexedCount: try IndexState.unindexedCount(db),
                firstReceivedAtMilliseconds: try number(
                    "SELECT receivedAtMilliseconds FROM delivery ORDER BY id LIMIT 1"),
                lastReceivedAtMilliseconds: try number(
                    "SELECT receivedAtMilliseconds FROM delivery ORDER BY id DESC LIMIT 1"),
                fileByteCount: fileByteCount)
        }
    }
}

extension ArchiveDirectory {
    /// The size of all databases and their logs, in bytes.
    package var byteCount: Int64 {
        [journal.path, indexPath, quarantinePath].reduce(0) {
            $0 + FileSystem.byteCount($1) + FileSystem.byteCount($1 + "-wal")
        }
    }
}

/// The names that filters can use, sorted; at most 10,000 names of each kind.
package struct ArchiveVocabulary: Sendable {
    package let sources: [String]
    package let types: [String]
    package let topics: [String]
    /// The names of fields. Fields of externalInfo start with `externalInfo.`.
    package let fieldNames: [String]
}

extension ArchiveReader {
    /// Reads the categories and field names of the index, of which there are few.
    package func vocabulary() throws -> ArchiveVocabulary {
        try read { db in
            func names(_ column: String, of table: String = "category") throws -> [String] {
                try String.fetchAll(
                    db,
                    sql: "SELECT DISTINCT \(column) FROM \(table) WHERE \(column) IS NOT NULL ORDER BY 1 LIMIT 10000")
            }
            return ArchiveVocabulary(
                sources: try names("source"), types: try names("type"), topics: try names("topic"),
                fieldNames: try names("name", of: "fieldName"))
        }
    }
}
