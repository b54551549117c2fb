internal import GRDB

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
    package func vocabulary() throws(ArchiveReadFailure) -> ArchiveVocabulary {
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
