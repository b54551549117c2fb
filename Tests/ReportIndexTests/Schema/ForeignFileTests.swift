import Foundation
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// Files that are no archive of ours: neither opened nor changed.
@Suite struct ForeignFileTests {
    /// Opening for reading and for writing must both fail with `error`, and leave the file alone.
    private static func expectRefusal(
        _ location: ArchiveLocation, _ error: ArchiveError, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try Data(contentsOf: URL(filePath: location.path))
        #expect(throws: error, sourceLocation: sourceLocation) { try ArchiveReader(location) }
        #expect(throws: error, sourceLocation: sourceLocation) { try ArchiveWriter(location) }
        #expect(try Data(contentsOf: URL(filePath: location.path)) == before, sourceLocation: sourceLocation)
    }

    @Test("a file that is not there is missing to a reader and new to a writer")
    func missing() async throws {
        try await TestArchive.withLocation { location in
            #expect(throws: ArchiveError.missing(path: location.path)) { try ArchiveReader(location) }
            #expect(!location.exists)
            try ArchiveWriter(location).close()
            #expect(throws: Never.self) { try ArchiveReader(location) }
        }
    }

    @Test("a text file is no archive", arguments: [20, 100, 5000])
    func text(byteCount: Int) async throws {
        try await TestArchive.withLocation { location in
            try Data(repeating: 0x61, count: byteCount).write(to: URL(filePath: location.path))
            try Self.expectRefusal(location, .notAnArchive(path: location.path))
        }
    }

    @Test("a database of another program is no archive, whether it says whose it is or not", arguments: [0, 42])
    func otherProgram(applicationID: Int) async throws {
        try await TestArchive.withLocation { location in
            try PlainConnection.open(location) { db in
                try db.execute(sql: "PRAGMA application_id = \(applicationID); CREATE TABLE mine (x)")
            }
            try Self.expectRefusal(location, .notAnArchive(path: location.path))
        }
    }

    @Test("an empty file is no archive to a reader; a writer makes one of it")
    func emptyFile() async throws {
        try await TestArchive.withLocation { location in
            try Data().write(to: URL(filePath: location.path))
            #expect(throws: ArchiveError.notAnArchive(path: location.path)) { try ArchiveReader(location) }
            try await TestArchive.withWriter(at: location) { writer in
                #expect(await writer.outcome(of: .fixture()).id == 1)
            }
        }
    }

    @Test("an archive of a newer version is left alone and its version named")
    func newerSchema() async throws {
        try await TestArchive.withLocation { location in
            try ArchiveWriter(location).close()
            try PlainConnection.open(location) { db in
                try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA user_version = 999")
            }
            try Self.expectRefusal(location, .newerSchema(path: location.path, version: 999))
        }
    }

    @Test("a folder in the archive's place can be neither read nor opened")
    func folder() async throws {
        try await TestArchive.withLocation { location in
            try FileManager.default.createDirectory(atPath: location.path, withIntermediateDirectories: false)
            #expect(throws: ArchiveError.storageFailed(code: ResultCode.SQLITE_IOERR_READ.rawValue)) {
                try ArchiveReader(location)
            }
            #expect(throws: ArchiveError.cannotOpen(path: location.path, reason: "it cannot be opened or created")) {
                try ArchiveWriter(location)
            }
        }
    }

    @Test("an archive in a folder that may not be entered cannot be opened", .enabled(if: geteuid() != 0))
    func closedFolder() throws {
        try TemporaryFolder.with { folder in
            let location = ArchiveLocation(path: folder.path(of: "callbox.sqlite"))
            try ArchiveWriter(location).close()
            chmod(folder.path, 0)
            defer { chmod(folder.path, 0o700) }
            #expect(throws: ArchiveError.self) { try ArchiveReader(location) }
            #expect(throws: ArchiveError.self) { try ArchiveWriter(location) }
        }
    }
}
