package import Deliveries
internal import Foundation
internal import GRDB

/// The facts that an archive file states about itself.
package struct ArchiveInfo: Sendable {
    package let schemaVersion: Int
    package let pageByteCount: Int
    package let pageCount: Int
    /// Pages that hold nothing, which `archive vacuum` gives back.
    package let freePageCount: Int
    package let fileByteCount: Int64
    /// What has not been copied from the log into the file.
    package let logByteCount: Int64
    package let firstReceivedAt: Timestamp?
    package let lastReceivedAt: Timestamp?
    /// Where the chain ends; nil for an empty archive.
    package let end: ChainMark?
    package let dictionaries: [Dictionary]
    /// Numbers that retention took out of the journal, as ranges.
    package let gapCount: Int
    package let heldCount: Int

    /// A preset dictionary.
    package struct Dictionary: Sendable {
        /// Nil for the one that heads are compressed with.
        package let scope: DictionaryScope?
        package let byteCount: Int
        package let bodyCount: Int
        package let createdAt: Timestamp
    }

    /// Reads a file, with or without a server.
    package init(_ location: ArchiveLocation) throws(ArchiveError) {
        let queue = try ArchiveConnection.openForReading(location)
        defer { try? queue.close() }
        self = try ArchiveConnection.wrapping(location) { try queue.read { try ArchiveInfo($0, location) } }
    }

    private init(_ db: Database, _ location: ArchiveLocation) throws {
        func number(_ sql: String) throws -> Int { try Int.fetchOne(db, sql: sql) ?? 0 }
        func time(_ order: String) throws -> Timestamp? {
            try Int64.fetchOne(db, sql: "SELECT receivedAtMilliseconds FROM journal ORDER BY id \(order) LIMIT 1")
                .map(Timestamp.init(millisecondsSinceEpoch:))
        }
        schemaVersion = try Migrations.version(db)
        pageByteCount = try number("PRAGMA page_size")
        pageCount = try number("PRAGMA page_count")
        freePageCount = try number("PRAGMA freelist_count")
        fileByteCount = location.byteCount
        logByteCount = ArchiveLocation(path: location.path + "-wal").byteCount
        firstReceivedAt = try time("ASC")
        lastReceivedAt = try time("DESC")
        let journal = try JournalAppend(db)
        end = journal.lastID == 0 ? nil : ChainMark(id: DeliveryID(rawValue: journal.lastID), chain: journal.chain)
        gapCount = try number("SELECT count(*) FROM gap")
        heldCount = try number("SELECT count(*) FROM hold WHERE releasedAtMilliseconds IS NULL")
        dictionaries = try Row.fetchAll(
            db,
            sql: "SELECT source, kind, length(bytes), bodyCount, createdAtMilliseconds FROM dictionary ORDER BY id"
        ).map { row in
            Dictionary(
                scope: try row.decode(String?.self, atIndex: 0).map {
                    DictionaryScope(source: $0, kind: try row.decode(atIndex: 1))
                },
                byteCount: try row.decode(atIndex: 2), bodyCount: try row.decode(atIndex: 3),
                createdAt: Timestamp(millisecondsSinceEpoch: try row.decode(atIndex: 4)))
        }
    }
}

extension ArchiveLocation {
    /// 0 where there is no file.
    package var byteCount: Int64 {
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
        return size?.int64Value ?? 0
    }
}
