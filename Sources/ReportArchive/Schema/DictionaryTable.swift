internal import BodyCompression
internal import GRDB

/// The preset dictionaries of an archive. None is ever changed or removed: streams refer to them.
enum DictionaryTable {
    /// The one for heads, so that everything a reader needs is in the file.
    static func addBuiltIn(_ db: Database) throws {
        guard let dictionary = HeadCompression.dictionary else { return }
        let isThere = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM dictionary WHERE checksum = ?)", arguments: [dictionary.checksum])
        guard isThere == false else { return }
        try db.execute(
            sql: """
                INSERT INTO dictionary (checksum, source, kind, createdAtMilliseconds, bodyCount, bytes)
                VALUES (?, NULL, NULL, 0, 0, ?)
                """, arguments: [dictionary.checksum, Blob(dictionary.bytes)])
    }
}
