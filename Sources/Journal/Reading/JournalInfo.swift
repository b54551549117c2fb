package import Deliveries
internal import GRDB

/// Statistics of a journal file. Reading them takes constant time.
package struct JournalInfo: Sendable {
    package let format: Int
    package let pageByteCount: Int
    package let pageCount: Int
    /// The number of empty pages. `archive compact` returns these pages to the file system.
    package let freePageCount: Int
    package let fileByteCount: Int64
    /// The size of the write-ahead log in bytes.
    package let logByteCount: Int64
    package let firstRecordedAt: Timestamp?
    package let lastRecordedAt: Timestamp?
    /// The end of the journal; nil if it is empty.
    package let end: ChainMark?
    package let dictionaries: [Dictionary]
    /// The number of gaps.
    package let gapCount: Int

    package struct Dictionary: Sendable {
        /// The scope of the dictionary; nil for the dictionary of heads.
        package let scope: DictionaryScope?
        package let byteCount: Int
        package let bodyCount: Int
        package let createdAt: Timestamp
    }

    package init(_ file: JournalFile) throws(ArchiveError) {
        let reader = try JournalReader(file)
        defer { reader.close() }
        self = try reader.read { try JournalInfo($0, file) }
    }

    private init(_ db: Database, _ file: JournalFile) throws {
        func number(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
        func time(_ order: String) throws -> Timestamp? {
            try Int64.fetchOne(db, sql: "SELECT recordedAtMilliseconds FROM entry ORDER BY position \(order) LIMIT 1")
                .map(Timestamp.init(millisecondsSinceEpoch:))
        }
        format = try SQLiteSchema.format(of: db)
        pageByteCount = try number("PRAGMA page_size")
        pageCount = try number("PRAGMA page_count")
        freePageCount = try number("PRAGMA freelist_count")
        fileByteCount = file.byteCount
        logByteCount = file.logByteCount
        firstRecordedAt = try time("ASC")
        lastRecordedAt = try time("DESC")
        end = try JournalEnd.read(db)
        gapCount = try number("SELECT count(*) FROM gap")
        dictionaries = try Row.fetchAll(
            db,
            sql: "SELECT source, type, length(bytes), bodyCount, createdAtMilliseconds FROM dictionary ORDER BY id"
        ).map { row in
            Dictionary(
                scope: try row.decode(String?.self, atIndex: 0).map {
                    DictionaryScope(source: $0, type: try row.decode(atIndex: 1))
                },
                byteCount: try row.decode(atIndex: 2), bodyCount: try row.decode(atIndex: 3),
                createdAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 4)))
        }
    }
}
