package import BodyCompression
package import Deliveries
internal import GRDB

/// Bodies that share a preset dictionary: those of a source, or of one type of its reports.
package struct DictionaryScope: Hashable, Sendable, Codable {
    package let source: String
    /// Nil for all types.
    package let type: String?

    package init(source: String, type: String?) {
        self.source = source
        self.type = type
    }
}

/// The preset dictionaries of a journal. One that streams refer to is never changed or removed.
enum DictionaryTable {
    static func checksums(_ db: Database) throws -> Set<UInt32> {
        Set(try Int64.fetchAll(db, sql: "SELECT checksum FROM dictionary").map { UInt32(truncatingIfNeeded: $0) })
    }

    /// Adds the dictionary for heads, so that the file holds everything that a reader needs.
    static func addBuiltIn(_ db: Database) throws {
        guard let dictionary = HeadCompression.dictionary else { return }
        let isThere = try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM dictionary WHERE checksum = ?)", arguments: [dictionary.checksum])
        guard isThere == false else { return }
        try db.execute(
            sql: """
                INSERT INTO dictionary (checksum, source, type, createdAtMilliseconds, bodyCount, bytes)
                VALUES (?, NULL, NULL, 0, 0, ?)
                """, arguments: [dictionary.checksum, Blob(dictionary.bytes)])
    }
}

extension JournalWriter {
    /// Adds a dictionary and uses it from the next body on.
    ///
    /// - Returns: false when the journal has one with the same checksum, by which streams name theirs.
    package func add(
        _ dictionary: PresetDictionary, for scope: DictionaryScope, bodyCount: Int, at now: Timestamp
    ) throws(ArchiveError) -> Bool {
        let compressors = compressors
        return try performOnce { db, journal in
            try db.execute(
                sql: """
                    INSERT INTO dictionary (checksum, source, type, createdAtMilliseconds, bodyCount, bytes)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (checksum) DO NOTHING
                    """,
                arguments: [
                    dictionary.checksum, scope.source, scope.type, now.millisecondsSinceEpoch, bodyCount,
                    Blob(dictionary.bytes),
                ])
            guard db.changesCount > 0 else { return false }
            try journal.loadDictionaries(db)
            try compressors.load(db)
            return true
        }
    }
}
