import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests that unusable index files are replaced. Without an index, readers find no reports and write no files.
@Suite struct IndexReplacementTests {
    /// Runs `body` with an archive of three indexed deliveries. The writer is closed.
    private static func with(_ body: (ArchiveDirectory) async throws -> Void) async throws {
        try await TestArchive.withDirectory { directory in
            try await IndexArchive.with(at: directory) { archive in
                try await archive.commitAll(["/a", "/b", "/c"].map { .fixture(target: $0) })
                try archive.index(.byTarget)
            }
            try await body(directory)
        }
    }

    private static func types(_ directory: ArchiveDirectory) throws -> [String] {
        try ArchiveReader(directory).reports(matching: ReportFilter()).map(\.type)
    }

    private static func catchUp(_ directory: ArchiveDirectory) throws -> [Int64] {
        var progress: [Int64] = []
        try Indexer(directory, parser: .byTarget).catchUp { progress.append($0) }
        return progress
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// True if readers use the changed index until it is replaced.
        var isRead = false
        let apply: @Sendable (ArchiveDirectory) throws -> Void

        static func sql(_ name: String, isRead: Bool = false, _ sql: String) -> Change {
            Change(testDescription: name, isRead: isRead) { directory in
                try PlainConnection.open(directory.indexPath) { try $0.execute(sql: sql) }
            }
        }
    }

    static let changes: [Change] = [
        Change(testDescription: "missing") { FileSystem.removeDatabase($0.indexPath) },
        .sql("a newer format", "PRAGMA user_version = 99"), .sql("an older format", "PRAGMA user_version = 0"),
        .sql("another program's", "PRAGMA application_id = 7"),
        .sql("a foreign trigger", isRead: true, "CREATE TRIGGER t AFTER INSERT ON report BEGIN SELECT 1; END"),
        .sql("a missing table", isRead: true, "DROP TABLE span"),
        .sql("another chain at the cursor", "UPDATE state SET bytes = zeroblob(32) WHERE name = 'cursor'"),
        .sql("a cursor beyond the journal", "UPDATE state SET position = 9 WHERE name = 'cursor'"),
        Change(testDescription: "not a database") { directory in
            try Data(repeating: 0x61, count: 9000).write(to: URL(filePath: directory.indexPath))
        },
        Change(testDescription: "empty") { try Data().write(to: URL(filePath: $0.indexPath)) },
        Change(testDescription: "cut off") { directory in
            let file = try FileHandle(forWritingTo: URL(filePath: directory.indexPath))
            try file.truncate(atOffset: 5000)
        },
    ]

    @Test("an index that cannot be used is replaced by an index with all reports", arguments: changes)
    func replaced(_ change: Change) async throws {
        try await Self.with { directory in
            try change.apply(directory)
            #expect(try Self.catchUp(directory) == [3])
            #expect(try Self.types(directory) == ["/c", "/b", "/a"])
            #expect(try ArchiveReader(directory).hasIndex)
            #expect(try Self.catchUp(directory) == [])
        }
    }

    @Test("readers treat an index that cannot be used as missing", arguments: changes.filter { !$0.isRead })
    func unread(_ change: Change) async throws {
        try await Self.with { directory in
            try change.apply(directory)
            let reader = try ArchiveReader(directory)
            #expect(!reader.hasIndex)
            #expect(try reader.reports(matching: ReportFilter()).isEmpty)
            #expect(try reader.unindexedCount() == 3)
            #expect(try reader.delivery(DeliveryID(rawValue: 2))?.request.target.text == "/b")
            #expect(try reader.statistics().sources.map(\.deliveryCount) == [3])
        }
    }

    @Test("a valid index is kept, and no entry is indexed twice")
    func kept() async throws {
        try await Self.with { directory throws in
            #expect(try Self.catchUp(directory) == [])
            #expect(try Self.types(directory) == ["/c", "/b", "/a"])
        }
    }

    @Test("an index in an older format is rejected, not migrated")
    func olderFormat() async throws {
        try await Self.with { directory in
            let next = SQLiteSchema(
                name: "index", applicationID: IndexSchema.applicationID,
                steps: Array(repeating: "", count: IndexSchema.format) + [IndexSchema.tables],
                oldestFormat: IndexSchema.format + 1)
            let failure = #expect(throws: ArchiveError.self) {
                _ = try WritingConnection(directory.indexPath, next, durability: .lastCommitsMayGo)
            }
            #expect(failure == .unknownFormat(path: directory.indexPath, format: IndexSchema.format))
        }
    }

    @Test("an index that belongs to another journal of the same length is replaced")
    func otherJournal() async throws {
        try await Self.with { directory in
            try await Self.with { other in
                FileSystem.removeDatabase(directory.indexPath)
                try FileManager.default.copyItem(atPath: other.indexPath, toPath: directory.indexPath)
            }
            #expect(try !ArchiveReader(directory).hasIndex)
            #expect(try Self.catchUp(directory) == [3])
            #expect(try ArchiveReader(directory).hasIndex)
        }
    }

    @Test("an index is kept if the entry at its cursor was removed")
    func removedEntry() async throws {
        try await Self.with { directory in
            let writer = try JournalWriter(directory)
            #expect(try writer.remove([3]) == [3])
            writer.close()
            #expect(try ArchiveReader(directory).hasIndex)
            #expect(try Self.catchUp(directory) == [4])
            #expect(try Self.types(directory) == ["/b", "/a"])
        }
    }

    @Test("an index is replaced if writing detects damage")
    func damageFoundLater() async throws {
        try await Self.with { directory in
            let page = try PlainConnection.open(directory.indexPath) { db in
                try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'identity'") ?? 0
            }
            let file = try FileHandle(forWritingTo: URL(filePath: directory.indexPath))
            try file.seek(toOffset: UInt64(page - 1) * 4096)
            try file.write(contentsOf: Data(repeating: 0xff, count: 4096))
            try file.close()
            let writer = try JournalWriter(directory)
            try writer.append([.delivery(.fixture(target: "/d"))], at: .fixture)
            writer.close()
            #expect(try Self.catchUp(directory) == [4])
            #expect(try Self.catchUp(directory) == [])
            #expect(try Self.types(directory) == ["/d", "/c", "/b", "/a"])
        }
    }

    @Test("an archive on a read-only medium can be read and is not changed", .enabled(if: geteuid() != 0))
    func readOnly() async throws {
        try await Self.with { directory in
            for hasIndex in [true, false] {
                if !hasIndex { FileSystem.removeDatabase(directory.indexPath) }
                let before = try Self.contents(directory)
                #expect(chmod(directory.path, 0o500) == 0)
                defer { chmod(directory.path, 0o700) }
                let reader = try ArchiveReader(directory)
                #expect(reader.hasIndex == hasIndex)
                #expect(
                    try reader.reports(matching: ReportFilter()).map(\.type) == (hasIndex ? ["/c", "/b", "/a"] : []))
                #expect(try reader.unindexedCount() == (hasIndex ? 0 : 3))
                #expect(try reader.delivery(DeliveryID(rawValue: 1)) != nil)
                let count = try reader.rows(SQLQuery("SELECT count(*) FROM reports"))
                #expect(count == [[.integer(hasIndex ? 3 : 0)]])
                #expect(try Self.contents(directory) == before)
            }
        }
    }

    private static func contents(_ directory: ArchiveDirectory) throws -> [String: Data] {
        var contents: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            contents[name] = try Data(contentsOf: URL(filePath: "\(directory.path)/\(name)"))
        }
        return contents
    }
}
