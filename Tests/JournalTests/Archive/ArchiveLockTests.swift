import ArchiveTestKit
import Deliveries
import Foundation
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct ArchiveLockTests {
    private static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    @Test("a second writer is rejected with the process ID of the first writer, but readers are accepted")
    func secondWriter() async throws {
        try await TestArchive.withWriter { writer in
            let directory = writer.directory
            #expect(throws: ArchiveError.heldByAnother(path: directory.path, processID: getpid())) {
                try JournalWriter(directory)
            }
            #expect(throws: Never.self) { try JournalReader(directory.journal) }
            #expect(await writer.outcome(of: .fixture()).id == 1)
        }
    }

    @Test(
        "an archive on a network file system is rejected, and no file is written",
        arguments: ["nfs4", "cifs", "smb3", "fuse", "fuse.sshfs", "9p", "ext4"])
    func network(type: String) async throws {
        try await TestArchive.withDirectory { directory in
            let mounts = MountTable("22 1 8:1 / / rw - \(type) host:/a rw")
            if ["9p", "ext4"].contains(type) {
                try ArchiveLock(directory, mounts: mounts).release()
            } else {
                #expect(throws: ArchiveError.onNetwork(path: directory.path, fileSystem: type)) {
                    try ArchiveLock(directory, mounts: mounts)
                }
                #expect(FileIdentity(path: directory.lockPath) == nil)
            }
        }
    }

    @Test("closing the writer releases the lock")
    func closing() async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            try JournalWriter(directory).close()
        }
    }

    @Test("a failure to open the journal releases the lock")
    func failedOpening() async throws {
        try await TestArchive.withDirectory { directory in
            try Self.write("this is not a database, but long enough for a header", to: directory.journal.path)
            for _ in 0..<2 {
                #expect(throws: ArchiveError.notAnArchive(path: directory.journal.path)) {
                    try JournalWriter(directory)
                }
            }
        }
    }

    @Test("a file named lock that no process holds does not stop a writer, regardless of its content")
    func leftBehind() async throws {
        try await TestArchive.withDirectory { directory in
            try Self.write("999999 and more than a number ever needs", to: directory.lockPath)
            try JournalWriter(directory).close()
            #expect(try String(contentsOfFile: directory.lockPath, encoding: .utf8) == "\(getpid())\n")
        }
    }

    @Test("removing or replacing the file named lock does not release the lock", arguments: [nil, "", "x", "1\n"])
    func replaced(text: String?) async throws {
        try await TestArchive.withWriter { writer in
            let directory = writer.directory
            try FileManager.default.removeItem(atPath: directory.lockPath)
            if let text { try Self.write(text, to: directory.lockPath) }
            let holder: Int32? = text == "1\n" ? 1 : nil
            for _ in 0..<2 {
                #expect(throws: ArchiveError.heldByAnother(path: directory.path, processID: holder)) {
                    try JournalWriter(directory)
                }
            }
            #expect(await writer.outcome(of: .fixture()).id == 1)
        }
    }

    @Test("a file named lock that cannot be written does not stop a writer")
    func lockIsDirectory() async throws {
        try await TestArchive.withDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory.lockPath, withIntermediateDirectories: false)
            try JournalWriter(directory).close()
        }
    }

    @Test("the file named lock is not written through a symbolic link")
    func lockIsLink() async throws {
        try await TestArchive.withDirectory { directory in
            let target = directory.path + ".target"
            try Self.write("mine", to: target)
            try FileManager.default.createSymbolicLink(atPath: directory.lockPath, withDestinationPath: target)
            try JournalWriter(directory).close()
            #expect(try String(contentsOfFile: target, encoding: .utf8) == "mine")
        }
    }
}
