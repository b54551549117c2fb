package import BodyCompression
package import Deliveries
internal import GRDB

/// The bodies that share a preset dictionary: all bodies of a source, or the bodies of one type of its reports.
package struct DictionaryScope: Hashable, Sendable, Codable {
    package let source: String
    /// The type of the reports; nil for all types.
    package let type: String?

    package init(source: String, type: String?) {
        self.source = source
        self.type = type
    }

    /// The source and the type as text; only the source if the scope covers all types.
    package var text: String {
        type.map { "\(source) \($0)" } ?? source
    }
}

/// The table of preset dictionaries of a journal. A dictionary that streams refer to is never changed or removed.
enum DictionaryTable {
    static func checksums(_ db: Database) throws -> Set<UInt32> {
        Set(try Int64.fetchAll(db, sql: "SELECT checksum FROM dictionary").map { UInt32(truncatingIfNeeded: $0) })
    }

    /// Adds the built-in dictionary of heads, so readers need no other file.
    static func addBuiltIn(_ db: Database) throws {
        guard let dictionary = HeadCompression.dictionary, try !checksums(db).contains(dictionary.checksum) else {
            return
        }
        _ = try insert(dictionary, for: nil, bodyCount: 0, atMilliseconds: 0, db)
    }

    /// Inserts a dictionary.
    ///
    /// - Returns: false if the journal has a dictionary with the same checksum.
    static func insert(
        _ dictionary: PresetDictionary, for scope: DictionaryScope?, bodyCount: Int, atMilliseconds time: Int64,
        _ db: Database
    ) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO dictionary (checksum, source, type, createdAtMilliseconds, bodyCount, bytes)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (checksum) DO NOTHING
                """,
            arguments: [dictionary.checksum, scope?.source, scope?.type, time, bodyCount, Blob(dictionary.bytes)])
        return db.changesCount > 0
    }
}

extension JournalWriter {
    /// Adds a dictionary and uses it from the next body on.
    ///
    /// - Returns: false if the journal has a dictionary with the same checksum. Streams identify their dictionary by
    ///   its checksum.
    package func add(
        _ dictionary: PresetDictionary, for scope: DictionaryScope, bodyCount: Int, at now: Timestamp
    ) throws -> Bool {
        let compressors = compressors
        return try performOnce { db, journal in
            let isNew = try DictionaryTable.insert(
                dictionary, for: scope, bodyCount: bodyCount, atMilliseconds: now.millisecondsSinceEpoch, db)
            guard isNew else { return false }
            try journal.loadDictionaries(db)
            try compressors.load(db)
            return true
        }
    }
}
