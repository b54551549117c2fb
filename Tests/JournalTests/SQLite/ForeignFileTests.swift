import ArchiveTestKit
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal

/// Tests that files of other programs or versions are neither opened nor changed.
@Suite(.offPool) struct ForeignFileTests {
    /// Expects that opening the file fails with `error`, for reading and for writing, and does not change the file.
    private static func expectRejection(
        _ directory: ArchiveDirectory, _ error: ArchiveError, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try Data(contentsOf: URL(filePath: directory.journal.path))
        #expect(throws: error, sourceLocation: sourceLocation) { try JournalReader(directory.journal) }
        #expect(throws: error, sourceLocation: sourceLocation) { try JournalWriter(directory) }
        let after = try Data(contentsOf: URL(filePath: directory.journal.path))
        #expect(after == before, sourceLocation: sourceLocation)
    }

    @Test("a reader reports a missing file, and a writer creates it")
    func missing() async throws {
        try await TestArchive.withDirectory { directory in
            #expect(throws: ArchiveError.missing(path: directory.journal.path)) { try JournalReader(directory.journal) }
            #expect(try !directory.exists)
            try JournalWriter(directory).close()
            #expect(throws: Never.self) { try JournalReader(directory.journal) }
        }
    }

    @Test("a text file is not an archive", arguments: [20, 100, 5000])
    func text(byteCount: Int) async throws {
        try await TestArchive.withDirectory { directory in
            try Data(repeating: 0x61, count: byteCount).write(to: URL(filePath: directory.journal.path))
            try Self.expectRejection(directory, .notAnArchive(path: directory.journal.path))
        }
    }

    @Test("a database of another program is not an archive, with or without an application ID", arguments: [0, 42])
    func otherProgram(applicationID: Int) async throws {
        try await TestArchive.withDirectory { directory in
            try PlainConnection.open(directory.journal.path) { db in
                try db.execute(sql: "PRAGMA application_id = \(applicationID); CREATE TABLE mine (x)")
            }
            try Self.expectRejection(directory, .notAnArchive(path: directory.journal.path))
        }
    }

    @Test("a reader rejects an empty file, and a writer makes it an archive")
    func emptyFile() async throws {
        try await TestArchive.withDirectory { directory in
            try Data().write(to: URL(filePath: directory.journal.path))
            #expect(throws: ArchiveError.notAnArchive(path: directory.journal.path)) {
                try JournalReader(directory.journal)
            }
            try JournalWriter(directory).close()
            #expect(throws: Never.self) { try JournalReader(directory.journal) }
        }
    }

    @Test("a directory at the path of the journal is rejected")
    func folder() async throws {
        try await TestArchive.withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory.journal.path, withIntermediateDirectories: false)
            #expect(throws: ArchiveError.storageFailed(code: ResultCode.SQLITE_IOERR_READ.rawValue)) {
                try JournalReader(directory.journal)
            }
            #expect(
                throws: ArchiveError.cannotOpen(path: directory.journal.path, reason: "it cannot be opened")
            ) {
                try JournalWriter(directory)
            }
        }
    }

    private static func foreign(_ object: String) -> @Sendable (String) -> ArchiveError {
        { .foreignSchema(path: $0, object: object) }
    }

    private static func missing(_ object: String) -> @Sendable (String) -> ArchiveError {
        { .damaged("\($0) is damaged: \(object) is missing") }
    }

    /// Changes to a journal. Each has a function that returns the expected error for the path of the journal.
    private static let changes: [(sql: String, error: @Sendable (String) -> ArchiveError)] = [
        ("PRAGMA user_version = 999", { .unknownFormat(path: $0, format: 999) }),
        (
            "CREATE TRIGGER mine BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END", foreign("trigger mine")
        ),
        ("CREATE TABLE mine (x)", foreign("table mine")),
        ("CREATE INDEX mine ON entry (byteCount)", foreign("index mine")),
        ("CREATE VIEW mine AS SELECT 1", foreign("view mine")),
        ("ALTER TABLE entry ADD COLUMN mine TEXT", foreign("table entry")),
        ("DROP TRIGGER entryIsNeverRemoved", missing("trigger entryIsNeverRemoved")),
        ("DROP INDEX originByName", missing("index originByName")),
        ("DROP TABLE progress", missing("table progress")),
    ]

    @Test("a journal in another format or with a different schema is rejected", arguments: changes.indices)
    func otherSchema(index: Int) async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            try PlainConnection.open(directory.journal.path) { db in
                try db.execute(sql: Self.changes[index].sql)
                try db.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try Self.expectRejection(directory, Self.changes[index].error(directory.journal.path))
        }
    }

    @Test("a journal in an inaccessible directory cannot be opened", .enabled(if: geteuid() != 0))
    func closedDirectory() async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            chmod(directory.path, 0)
            defer { chmod(directory.path, 0o700) }
            let error = ArchiveError.notPermitted(path: directory.journal.path, owner: nil)
            #expect(throws: error) { try directory.requireJournal() }
            #expect(throws: error) { try JournalReader(directory.journal) }
            #expect(throws: ArchiveError.self) { try JournalWriter(directory) }
        }
    }

    @Test("the error for a file that only its owner can read names this cause", .enabled(if: geteuid() != 0))
    func closedFile() async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            chmod(directory.journal.path, 0)
            #expect(throws: ArchiveError.notPermitted(path: directory.journal.path, owner: nil)) {
                try JournalReader(directory.journal)
            }
        }
    }
}
