import ArchiveTestKit
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

@Suite(.offPool) struct ArchiveDirectoryTests {
    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }

    @Test("the files of an archive have mode 0600")
    func fileModes() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            let path = writer.directory.journal.path
            for file in [path, path + "-wal", path + "-shm", writer.directory.lockPath] {
                #expect(try Self.mode(file) == 0o600, "\(file)")
            }
        }
    }

    @Test("missing directories are created with mode 0700")
    func directories() throws {
        try TemporaryFolder.with { folder in
            try JournalWriter(ArchiveDirectory(path: folder.path(of: "a/b"))).close()
            #expect(try Self.mode(folder.path(of: "a")) == 0o700)
            #expect(try Self.mode(folder.path(of: "a/b")) == 0o700)
        }
    }

    @Test("the error for a file at the path of the directory contains this path")
    func fileInTheWay() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "a")
            try Data().write(to: URL(filePath: path))
            #expect(throws: ArchiveError.cannotOpen(path: path, reason: "the directory cannot be created")) {
                try JournalWriter(ArchiveDirectory(path: path))
            }
        }
    }

    @Test("a trailing slash in the path makes no difference", arguments: ["/srv/topic", "/srv/topic/"])
    func files(path: String) throws {
        let directory = ArchiveDirectory(path: path)
        #expect(directory.journal.path == "/srv/topic/journal.sqlite")
        #expect(directory.indexPath == "/srv/topic/index.sqlite")
        #expect(directory.quarantinePath == "/srv/topic/quarantine.sqlite")
        #expect(directory.lockPath == "/srv/topic/lock")
        #expect(directory.controlSocketPath == "/srv/topic/control.sock")
        #expect(try !directory.exists)
    }

    @Test("the error for a path that is too long for SQLite contains its length")
    func longPath() throws {
        try TemporaryFolder.with { folder in
            let directory = ArchiveDirectory(
                path: folder.path(of: "\(String(repeating: "a", count: 250))/\(String(repeating: "b", count: 250))"))
            let path = directory.journal.path
            let reason = "its path has \(path.utf8.count) bytes, but SQLite accepts at most 504"
            #expect(throws: ArchiveError.cannotOpen(path: path, reason: reason)) { try JournalWriter(directory) }
        }
    }

    @Test("a file that another user owns is not reported as missing")
    func notPermitted() throws {
        #expect(
            ArchiveError.system("/proc/1/none", EACCES, toWrite: false)
                == .notPermitted(path: "/proc/1/none", owner: geteuid() == 0 ? nil : "root"))
        #expect(ArchiveError.system("/a", ENOSPC) == .cannotOpen(path: "/a", reason: "No space left on device"))
        let unreadable = ArchiveError.cannotRead(path: "/a", reason: "File name too long")
        #expect(ArchiveError.system("/a", ENAMETOOLONG, toWrite: false) == unreadable)
        let missing = ArchiveDirectory(path: "/proc/none")
        #expect(throws: ArchiveError.missing(path: "/proc/none")) { try missing.requireJournal() }
    }

    /// A directory whose path has `byteCount` bytes.
    private static func directory(_ byteCount: Int, in folder: TemporaryFolder) throws -> ArchiveDirectory {
        let parent = folder.path(of: "")
        let name = String(repeating: "d", count: byteCount - parent.utf8.count)
        let directory = ArchiveDirectory(path: parent + name)
        try directory.create()
        return directory
    }

    @Test("a control socket whose path would exceed 103 bytes is in /tmp instead")
    func socketPathLength() throws {
        try TemporaryFolder.with { folder in
            let name = "/control.sock"
            let longest = try Self.directory(103 - name.utf8.count, in: folder)
            #expect(longest.controlSocketPath == longest.path + name)
            let tooLong = try Self.directory(104 - name.utf8.count, in: folder)
            let path = tooLong.controlSocketPath
            #expect(path.hasPrefix("/tmp/callbox-\(geteuid())/"))
            #expect(path.utf8.count <= 103)
        }
    }

    @Test("each directory has its own control socket, which links to the directory share")
    func socketPaths() throws {
        try TemporaryFolder.with { folder in
            let first = try Self.directory(150, in: folder)
            let second = try Self.directory(151, in: folder)
            #expect(first.controlSocketPath != second.controlSocketPath)
            let link = folder.path(of: String(repeating: "l", count: 150))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: first.path)
            #expect(ArchiveDirectory(path: link).controlSocketPath == first.controlSocketPath)
        }
    }
}
