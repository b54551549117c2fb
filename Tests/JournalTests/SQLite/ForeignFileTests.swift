import ArchiveTestKit
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal

/// Files that are no archive of ours: neither opened nor changed.
@Suite struct ForeignFileTests {
    /// Opening for reading and for writing must both fail with `error`, and leave the file alone.
    private static func expectRejection(
        _ directory: ArchiveDirectory, _ error: ArchiveError, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try Data(contentsOf: URL(filePath: directory.journal.path))
        #expect(throws: error, sourceLocation: sourceLocation) { try JournalReader(directory.journal) }
        #expect(throws: error, sourceLocation: sourceLocation) { try JournalWriter(directory) }
        let after = try Data(contentsOf: URL(filePath: directory.journal.path))
        #expect(after == before, sourceLocation: sourceLocation)
    }

    @Test("a file that is not there is missing to a reader and new to a writer")
    func missing() async throws {
        try await TestArchive.withDirectory { directory in
            #expect(throws: ArchiveError.missing(path: directory.journal.path)) { try JournalReader(directory.journal) }
            #expect(!directory.exists)
            try JournalWriter(directory).close()
            #expect(throws: Never.self) { try JournalReader(directory.journal) }
        }
    }

    @Test("a text file is no archive", arguments: [20, 100, 5000])
    func text(byteCount: Int) async throws {
        try await TestArchive.withDirectory { directory in
            try Data(repeating: 0x61, count: byteCount).write(to: URL(filePath: directory.journal.path))
            try Self.expectRejection(directory, .notAnArchive(path: directory.journal.path))
        }
    }

    @Test("a database of another program is no archive, whether it says whose it is or not", arguments: [0, 42])
    func otherProgram(applicationID: Int) async throws {
        try await TestArchive.withDirectory { directory in
            try PlainConnection.open(directory.journal.path) { db in
                try db.execute(sql: "PRAGMA application_id = \(applicationID); CREATE TABLE mine (x)")
            }
            try Self.expectRejection(directory, .notAnArchive(path: directory.journal.path))
        }
    }

    @Test("an empty file is no archive to a reader; a writer makes one of it")
    func emptyFile() async throws {
        try await TestArchive.withDirectory { directory in
            try Data().write(to: URL(filePath: directory.journal.path))
            #expect(throws: ArchiveError.notAnArchive(path: directory.journal.path)) {
                try JournalReader(directory.journal)
            }
            try await TestArchive.withWriter(at: directory) { writer in
                #expect(await writer.outcome(of: .fixture()).id == 1)
            }
        }
    }

    @Test("an archive of a newer version is left alone and its version named")
    func newerSchema() async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            try PlainConnection.open(directory.journal.path) { db in
                try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA user_version = 999")
            }
            try Self.expectRejection(directory, .unknownFormat(path: directory.journal.path, format: 999))
        }
    }

    @Test("a folder in the archive's place can be neither read nor opened")
    func folder() async throws {
        try await TestArchive.withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory.journal.path, withIntermediateDirectories: false)
            #expect(throws: ArchiveError.storageFailed(code: ResultCode.SQLITE_IOERR_READ.rawValue)) {
                try JournalReader(directory.journal)
            }
            #expect(
                throws: ArchiveError.cannotOpen(path: directory.journal.path, reason: "it cannot be opened or created")
            ) {
                try JournalWriter(directory)
            }
        }
    }

    @Test(
        "a file with an object that Callbox did not make is not opened, and the object is named",
        arguments: [
            ("trigger mine", "CREATE TRIGGER mine BEFORE INSERT ON entry BEGIN SELECT RAISE(IGNORE); END"),
            ("table mine", "CREATE TABLE mine (x)"), ("index mine", "CREATE INDEX mine ON entry (byteCount)"),
            ("view mine", "CREATE VIEW mine AS SELECT 1"), ("table entry", "ALTER TABLE entry ADD COLUMN mine TEXT"),
        ])
    func foreignObject(object: String, sql: String) async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            try PlainConnection.open(directory.journal.path) { db in
                try db.execute(sql: sql)
                try db.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try Self.expectRejection(directory, .foreignSchema(path: directory.journal.path, object: object))
        }
    }

    @Test(
        "a file that lacks an object is damaged, and the object is named",
        arguments: [("trigger", "entryIsNeverRemoved"), ("index", "originByName"), ("table", "progress")])
    func missingObject(type: String, name: String) async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            try PlainConnection.open(directory.journal.path) { try $0.execute(sql: "DROP \(type) \(name)") }
            let error = ArchiveError.damaged("\(directory.journal.path) is damaged: \(type) \(name) is missing")
            #expect(throws: error) { try JournalReader(directory.journal) }
            #expect(throws: error) { try JournalWriter(directory) }
        }
    }

    @Test("a journal in a directory that may not be entered cannot be opened", .enabled(if: geteuid() != 0))
    func closedDirectory() async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            chmod(directory.path, 0)
            defer { chmod(directory.path, 0o700) }
            #expect(throws: ArchiveError.self) { try JournalReader(directory.journal) }
            #expect(throws: ArchiveError.self) { try JournalWriter(directory) }
        }
    }
}
